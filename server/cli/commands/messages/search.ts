import { setTimeout as sleep } from 'node:timers/promises';
import type { ConversationId } from '../../../contract/ids.ts';
import { PAGE_MESSAGES_DEFAULT } from '../../../contract/limits.ts';
import type { Contact, Conversation, SearchHit, SearchPage } from '../../../contract/model.ts';
import { sentAt } from '../../../contract/words/time.ts';
import { UsageError, wholeNumber } from '../../../options.ts';
import { daemonCommand } from '../../command.ts';
import type { Daemon } from '../../daemon.ts';
import { localTime } from '../../terminal/local-time.ts';
import { jsonLine, printable } from '../../terminal/printable.ts';
import { printRows } from '../../terminal/rows.ts';

/** So many that nobody reads more; they are held in memory before the first is printed. */
const MOST = 10_000;

/** Right after Loom has started, messages are still being read: how often is looked whether they are, ms. */
const LOOK_AGAIN_MS = 100;

interface Found {
  readonly hits: readonly SearchHit[];
  readonly more: boolean;
  readonly searched: SearchPage['searched'];
}

export const searchCommand = daemonCommand({
  name: 'search',
  usage: 'TEXT [--in CONTACT | --notes] [--limit N]',
  summary:
    'finds messages, newest first: words, "phrases", from:ann, after:2026-10, before:2026-11-30, has:link|file|image',
  words: [1, 1],
  options: {
    in: { value: 'CONTACT', help: 'only in the conversation with this contact' },
    notes: { help: 'only in the notes to yourself' },
    limit: { value: 'N', help: `how many at most (${PAGE_MESSAGES_DEFAULT})` },
  },
  check({ values: { in: who, notes, limit } }) {
    if (who !== undefined && notes) throw new UsageError('search: --in or --notes, not both');
    if (limit !== undefined) wholeNumber('--limit', limit, 1, MOST);
  },
  async run({ words: [text = ''], values, json, terminal }, daemon) {
    const limit = values.limit === undefined ? PAGE_MESSAGES_DEFAULT : Number(values.limit);
    const conversation = await wantedConversation(daemon, values);
    const found = await find(daemon, { text, limit, ...(conversation !== null && { conversation }) });
    if (json) {
      printRows(terminal, found.hits, jsonLine);
      return;
    }
    const [contacts, conversations] = [
      await daemon.request('contact.list', {}),
      await daemon.request('conversation.list', {}),
    ];
    printRows(terminal, found.hits, (hit) => hitLine(hit, contacts, conversations));
    if (found.hits.length === 0) terminal.tell('Nothing found.');
    if (found.more) terminal.tell(`There is more: --limit shows more than ${limit}.`);
    if (found.searched === 'newest') terminal.tell('The oldest messages were not searched: there are too many.');
  },
});

async function wantedConversation(
  daemon: Daemon,
  { in: who, notes }: { readonly in?: string | undefined; readonly notes?: boolean | undefined },
): Promise<ConversationId | null> {
  if (who !== undefined) return (await daemon.place(who)).conversation;
  return notes ? (await daemon.request('conversation.notes', {})).id : null;
}

/** Page by page, once everything has been read. */
async function find(
  daemon: Daemon,
  { limit, ...query }: { readonly text: string; readonly conversation?: ConversationId; readonly limit: number },
): Promise<Found> {
  const hits: SearchHit[] = [];
  let cursor: number | null = null;
  for (;;) {
    const page: SearchPage = await daemon.request('search.query', { ...query, ...(cursor !== null && { cursor }) });
    if (page.searched === 'filling') {
      await sleep(LOOK_AGAIN_MS);
      continue;
    }
    hits.push(...page.hits);
    cursor = page.next;
    const more = hits.length > limit || cursor !== null;
    if (cursor === null || hits.length >= limit) return { hits: hits.slice(0, limit), more, searched: page.searched };
  }
}

/** `2026-11-30 12:00  Ann: … tea …`, the conversation before it where the author does not say it. */
function hitLine(hit: SearchHit, contacts: readonly Contact[], conversations: readonly Conversation[]): string {
  const place = conversations.find(({ id }) => id === hit.conversation);
  const name = place?.kind === 'direct' ? contacts.find(({ id }) => id === place.contact)?.name : null;
  const who = hit.direction === 'in' ? (name ?? '?') : place?.kind === 'notes' ? 'notes' : `you to ${name ?? '?'}`;
  const text = hit.parts.map((part) => part.text).join('');
  return `${localTime(sentAt(hit))}  ${printable(who)}: ${printable(text.replaceAll(/\s+/gu, ' '))}`;
}
