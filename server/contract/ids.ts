// Names of things that cross between browser or command line and daemon.
import { z } from 'zod';

/** 16 random bytes as lower-case hex: contacts, messages, requests, invites. */
export const idSchema = z.string().regex(/^[0-9a-f]{32}$/);
export type Id = z.infer<typeof idSchema>;
