/** For how long a conversation may be muted, in seconds; null: until the person says so. */
export const MUTES = {
  hour: 60 * 60,
  hours: 8 * 60 * 60,
  week: 7 * 24 * 60 * 60,
  always: null,
} as const;

export type Mute = keyof typeof MUTES;

export const mutes = Object.keys(MUTES) as Mute[];
