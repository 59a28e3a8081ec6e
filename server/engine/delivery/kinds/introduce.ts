// A contact introduces another: shown, and acted on by a person (`commands/introductions.ts`).
import { toHex } from '../../../crypto/bytes.ts';
import type { ContentOf } from '../../../protocol/content/content.ts';
import { receivedName } from '../../contacts/names.ts';
import type { MessageKind } from './message-kind.ts';

export const introduce: MessageKind<ContentOf<'introduce'>> = {
  view({ ik, name }) {
    const publicKey = toHex(ik);
    return { kind: 'introduction', body: '', introduced: { name: receivedName(name, publicKey), publicKey } };
  },
};
