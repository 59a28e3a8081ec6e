// A contact tells us the name they go by, a line about them and their picture: all of it, each time.
import { cutAbout, cutName, isBlankName, tidyName } from '../../../contract/words/names.ts';
import { equal } from '../../../crypto/bytes.ts';
import type { ContentOf } from '../../../protocol/content/content.ts';
import type { ContactRecord, SaidOfSelf } from '../../../storage/tables/contacts.ts';
import { digestOf, isPortrait } from '../../contacts/picture.ts';
import type { MessageKind } from './message-kind.ts';

export const profile: MessageKind<ContentOf<'profile'>> = {
  view: null,
  apply(content, { act, contact, roster, entries, told }) {
    if (!contact || !isLatest(act.seq, contact)) return null;
    const picture = content.picture && isPortrait(content.picture) ? content.picture : null;
    const says: SaidOfSelf = {
      name: shownName(content.name),
      about: cutAbout(content.about ?? ''),
      ...(picture && { picture: digestOf(picture) }),
      seq: act.seq,
    };
    // A picture that was lost is taken again.
    const isNew = !isSame(contact.says, says) || (picture !== null && !entries.hasPicture(contact.id));
    if (isNew && !entries.takesProfile(contact.id, picture)) return entries.drop();
    roster.put({ ...contact, says });
    return isNew ? () => told.onProfile(contact.id) : null;
  },
};

/** Of two the later number counts. What has just come in order is the latest, also from a peer that counts anew. */
function isLatest(seq: number, { says, inSeq }: ContactRecord): boolean {
  return !says || seq === inSeq || seq > says.seq || says.seq > inSeq;
}

function isSame(known: SaidOfSelf | undefined, says: SaidOfSelf): boolean {
  if (known?.name !== says.name || known.about !== says.about) return false;
  return known.picture && says.picture ? equal(known.picture, says.picture) : known.picture === says.picture;
}

function shownName(name: string): string {
  const cut = cutName(tidyName(name));
  return isBlankName(cut) ? '' : cut;
}
