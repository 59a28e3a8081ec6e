// Something we say, put together: its number, its row, and what goes to each device that is to have it. One transaction is
// the caller's.
import type { ConversationId, MessageId } from '../../contract/ids.ts';
import { encodeContent, type Content, type Said } from '../../protocol/content/content.ts';
import type { Store } from '../../storage/profile-store.ts';
import { OURSELVES } from '../../contract/messages.ts';
import type { MessageRecord } from '../../storage/tables/message/message-record.ts';
import { begun } from '../../storage/tables/message/message-fading.ts';
import type { TimerSetting } from '../../storage/tables/timers.ts';
import type { OutboxRow } from '../../storage/tables/outbox.ts';
import type { Clock } from '../../timing/clock.ts';
import type { Conversation, Conversations } from '../contacts/conversations.ts';
import { devicesOf, type SessionPeer } from '../contacts/devices.ts';
import type { Roster } from '../contacts/roster.ts';
import type { Entries } from './entries.ts';
import { fadingOf, isShown } from './kinds/kinds.ts';
import type { Sessions } from './sessions.ts';

const NOTHING = new Uint8Array(0);

export interface Composed {
  readonly message: MessageRecord;
  readonly content: Content;
  /** What waits for each device; none where nobody else is there. */
  readonly rows: readonly OutboxRow[];
  /** What it has changed is told so. */
  readonly applied: (() => void) | null;
}

export interface ComposerOptions {
  readonly store: Store;
  readonly roster: Roster;
  readonly conversations: Conversations;
  readonly sessions: Sessions;
  readonly entries: Entries;
  readonly clock: Clock;
}

export class Composer {
  readonly #options: ComposerOptions;

  constructor(options: ComposerOptions) {
    this.#options = options;
  }

  /** Stores it, and what waits; inside a `journal.write`. @throws CommandError conversation-unknown. */
  compose(conversationId: ConversationId, id: MessageId, said: Said): Composed {
    const { store, conversations, clock, entries } = this.#options;
    const conversation = conversations.get(conversationId);
    const peers = this.peers(conversation);
    const timer = store.timers.get(conversationId);
    // Later than the setting it takes the place of, whoever's clock that was set by.
    const now = clock.now();
    const at = said.t === 'timer' ? Math.max(now, timer.at + 1) : now;
    const seq = this.#number(conversation);
    const content = { ...withTtl(said, timer), at, seq } as Content;
    const hidden = !isShown(said.t);
    const composed = {
      ...{ conversation: conversationId, author: OURSELVES, id, seq, at, receivedAt: now, missing: 0 },
      // An act is kept for those it has to go to.
      content: hidden && peers.length === 0 ? NOTHING : encodeContent(content),
      state: hidden ? 'hidden' : peers.length > 0 ? 'queued' : 'delivered',
      fading: fadingOf(content),
    } as const;
    const record = composed.state === 'delivered' ? begun(composed, now) : composed;
    const position = store.messages.append(record);
    const message = { ...record, position };
    const what = whatOf(said.t);
    const rows = peers.map((peer) => this.#enqueue(peer, message, what));
    return { message, content, rows, applied: entries.apply(content, message) };
  }

  /** The devices that are to have what we say there. */
  peers(conversation: Conversation): readonly SessionPeer[] {
    return conversation.kind === 'direct' ? devicesOf(this.#options.roster.get(conversation.contact)) : [];
  }

  #enqueue(peer: SessionPeer, message: MessageRecord, what: Pick<OutboxRow, 'hidden' | 'as'>): OutboxRow {
    const { store, sessions, entries } = this.#options;
    const { conversation, id, seq, position } = message;
    const sealed = sessions.encrypt(peer, id, entries.onWire(message));
    const row = {
      ...{ contact: peer.contact, device: peer.device, conversation, id, seq, position, ...what },
      session: sealed?.session ?? null,
      envelope: sealed?.envelope ?? null,
    };
    store.outbox.add(row);
    return row;
  }

  /** The next of our direction, protocol §6; where nobody counts along, the position will do. */
  #number(conversation: Conversation): number {
    const { store, roster } = this.#options;
    if (conversation.kind === 'direct') return roster.nextOutSeq(conversation.contact);
    return store.messages.nextPosition(conversation.id);
  }
}

/** What is written while a timer is set carries it. */
function withTtl(said: Said, { after }: TimerSetting): Said {
  return (said.t === 'text' || said.t === 'file') && after > 0 ? { ...said, ttl: after } : said;
}

function whatOf(t: Said['t']): Pick<OutboxRow, 'hidden' | 'as'> {
  if (isShown(t)) return { hidden: false };
  if (t === 'presence') return { hidden: true };
  if (t === 'profile') return { hidden: true, as: 'profile' };
  return { hidden: true, as: t === 'read' ? 'receipt' : 'act' };
}
