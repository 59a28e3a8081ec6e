/** Ways into a new profile with an identity that exists already. */
export type RestoreWay = 'phrase' | 'backup' | 'original';
