// A file is offered: shown as a card or a picture, and fetched when it is accepted (`engine/files`).
import { toHex } from '../../../crypto/bytes.ts';
import type { ContentOf } from '../../../protocol/content/content.ts';
import { lifeOf } from './life.ts';
import type { MessageKind } from './message-kind.ts';

/** How far it is, and as what it is saved, is known to who sees the conversation (`feed/entry-views.ts`). */
export const file: MessageKind<ContentOf<'file'>> = {
  /** It has to arrive first (`engine/files`). */
  life: lifeOf,
  view({ name, size, type, width, height, duration, waveform, caption = '' }) {
    const sides = width !== undefined && height !== undefined && { width, height };
    const sound = { ...(duration && { duration }), ...(waveform && { waveform: toHex(waveform) }) };
    const facts = { ...{ name, savedAs: name, size, type }, ...sides, ...sound };
    return { kind: 'file', body: caption, file: { ...facts, state: 'offered', received: 0, place: null } };
  },
  apply: (content, { act, contact, offers }) => offers.offered(content, act, contact?.id ?? null),
};
