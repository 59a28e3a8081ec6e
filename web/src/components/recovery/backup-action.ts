/** What the form for backups can do. */
export type BackupAction = 'create' | 'verify' | 'schedule';
