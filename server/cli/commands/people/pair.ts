// Meeting in person from two terminals: one shows six digits, the other types them.
import { createInterface } from 'node:readline';
import { CommandError } from '../../../contract/errors.ts';
import { tokenRuns } from '../../../contract/words/pasted-token.ts';
import type { EventMessage } from '../../../contract/events.ts';
import type { Contact, Pairing, Person } from '../../../contract/model.ts';
import { daemonCommand } from '../../command.ts';
import type { Daemon } from '../../daemon.ts';
import { CommandFailure } from '../../exit.ts';
import { Interruption, unlessInterrupted } from '../../terminal/interruption.ts';
import { endings, follow } from '../../pairing-events.ts';
import { jsonLine, printable } from '../../terminal/printable.ts';
import { sentences } from '../../terminal/error-sentences.ts';
import { terminalQr } from '../../terminal/qr.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { describeContact } from './contacts.ts';

/** How long somebody is waited for who is said to be visible. */
const SEEN_WITHIN_MS = 20_000;
/** Of a key, in characters. */
const KEY_SHOWN = 16;

interface Talk {
  readonly daemon: Daemon;
  readonly terminal: Terminal;
  readonly json: boolean;
}

export const pairCommand = daemonCommand({
  name: 'pair',
  usage: '[NAME | CONTACT-CODE] [--address HOST:PORT]',
  summary: 'shows six digits to someone nearby; with their name or contact code, asks for theirs',
  words: [0, 1],
  options: { address: { value: 'HOST:PORT', help: 'where they are, if Loom does not see them nearby' } },
  async run({ values: { address }, words: [who], json, terminal }, daemon) {
    const talk = { daemon, terminal, json };
    const contact = who === undefined ? await host(talk) : await guest(talk, who, address);
    terminal.print(json ? jsonLine(contact) : `Paired: ${describeContact(contact)}`);
  },
});

async function host(talk: Talk): Promise<Contact> {
  const { daemon } = talk;
  const events = await follow(daemon);
  const before = (await daemon.request('network.status', {})).visibility.mode;
  try {
    return await unlessInterrupted(receive(talk, events));
  } finally {
    await daemon.request('network.visibility', { mode: before });
  }
}

/** A name as it is written in a terminal; the start of the key where quotes would not be enough. */
function typeable(name: string, publicKey: string): string {
  if (/^[\p{L}\p{M}\p{N}._][\p{L}\p{M}\p{N}._-]*$/u.test(name)) return name;
  return /["'`$!\\%\p{C}]/u.test(name) || name.startsWith('-') ? publicKey.slice(0, KEY_SHOWN) : `"${name}"`;
}

async function receive({ daemon, terminal, json }: Talk, events: AsyncIterable<EventMessage>): Promise<Contact> {
  const { visibility, addresses } = await daemon.request('network.visibility', { mode: 'everyone' });
  const { token } = await daemon.request('identity.token', {});
  const identity = await daemon.request('identity.get', {});
  const name = identity?.name ?? '';
  if (json) terminal.print(jsonLine({ event: 'visible', name, token, addresses, until: visibility.until }));
  else {
    terminal.tell(`You are visible nearby for 10 minutes, as “${printable(name)}”.`);
    terminal.tell(`They pick you in the browser, or run: loom-web pair ${typeable(name, identity?.publicKey ?? '')}`);
    terminal.tell(terminalQr(token));
  }
  for await (const event of events) {
    if (event.event === 'network.changed' && event.data.network.visibility.mode !== 'everyone') break;
    if (event.event !== 'pairing.changed' || event.data.pairing.role !== 'host') continue;
    const { pairing } = event.data;
    if (json) terminal.print(jsonLine({ event: 'pairing', ...pairing }));
    else tellHost(terminal, pairing);
    if (pairing.state.kind === 'paired') return daemon.contact(pairing.state.contact);
  }
  throw new CommandFailure('failed', 'You are no longer visible. Nobody connected with you.');
}

function tries(left: number): string {
  return left === 1 ? '1 try' : `${left} tries`;
}

function tellHost(terminal: Terminal, { name, state }: Pairing): void {
  if (state.kind === 'showing') {
    const code = `${state.code.slice(0, 3)} ${state.code.slice(3)}`;
    terminal.tell(
      `${printable(name)} wants to connect. If that is who you are with, read them this code:  ${code}  (${tries(state.left)})`,
    );
  } else if (state.kind === 'unwanted') {
    terminal.tell(
      `You blocked ${printable(name)}, who is asking for a code. No code is shown, and ${printable(name)} can’t tell.`,
    );
  } else if (state.kind === 'ended') terminal.tell(endings[state.reason]);
}

async function guest(talk: Talk, who: string, address: string | undefined): Promise<Contact> {
  const { daemon, terminal } = talk;
  const events = await follow(daemon);
  const token = await unlessInterrupted(tokenOf(talk, who));
  const lines = createInterface({ input: terminal.stdin });
  try {
    return await unlessInterrupted(visit(talk, token, address, events, lines[Symbol.asyncIterator]()));
  } catch (error) {
    if (error instanceof Interruption) await daemon.request('pairing.cancel', {});
    throw error;
  } finally {
    lines.close();
  }
}

async function tokenOf({ daemon, terminal, json }: Talk, who: string): Promise<string> {
  if (tokenRuns(who).length > 0) return who;
  if (!json) terminal.tell(`Looking for “${printable(who)}” nearby…`);
  return (await waitFor(daemon, who)).token;
}

async function visit(
  talk: Talk,
  token: string,
  address: string | undefined,
  events: AsyncIterable<EventMessage>,
  typed: AsyncIterator<string, undefined>,
): Promise<Contact> {
  const { daemon, terminal, json } = talk;
  const { id } = await daemon.request('pairing.start', { token, ...(address !== undefined && { address }) });
  for await (const event of events) {
    if (event.event !== 'pairing.changed' || event.data.pairing.id !== id) continue;
    const { pairing } = event.data;
    const { state } = pairing;
    if (json) terminal.print(jsonLine({ event: 'pairing', ...pairing }));
    if (state.kind === 'paired') return daemon.contact(state.contact);
    if (state.kind === 'ended') throw new CommandFailure('failed', endings[state.reason]);
    if (state.kind === 'wanting') await enter(talk, pairing, state.left, typed);
  }
  throw new CommandFailure('notRunning', 'Loom has stopped.');
}

/** Asks until something like a code is typed. */
async function enter(
  { daemon, terminal }: Talk,
  { name }: Pairing,
  left: number,
  typed: AsyncIterator<string, undefined>,
): Promise<void> {
  terminal.tell(`The six digits on ${printable(name)}’s screen (${tries(left)}):`);
  for (;;) {
    const line = await typed.next();
    if (line.done === true) {
      await daemon.request('pairing.cancel', {});
      return;
    }
    try {
      await daemon.request('pairing.enter', { code: line.value });
      return;
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      terminal.tell(sentences[error.code]);
      // Over meanwhile: the event that says so is on its way.
      if (error.code !== 'pairing-code') return;
    }
  }
}

/** Somebody nearby by name or start of the key. @throws CommandFailure when nobody, or several, come into view. */
async function waitFor(daemon: Daemon, who: string): Promise<Person> {
  const ends = Date.now() + SEEN_WITHIN_MS;
  const wanted = who.normalize('NFC').toLowerCase();
  for (;;) {
    const people = await daemon.request('people.list', {});
    const named = people.filter(({ name }) => name.normalize('NFC').toLowerCase() === wanted);
    const found =
      named.length > 0 ? named : people.filter(({ publicKey }) => wanted.length >= 8 && publicKey.startsWith(wanted));
    const [person, ...others] = found;
    if (person && others.length === 0) return person;
    if (person) throw new CommandFailure('failed', ambiguous(who, found));
    if (Date.now() > ends) {
      throw new CommandFailure(
        'failed',
        `“${printable(who)}” is not visible nearby. They can become visible in their browser, or with: loom-web pair`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function ambiguous(who: string, people: readonly Person[]): string {
  const which = people.map(({ name, publicKey }) => `  key ${publicKey.slice(0, KEY_SHOWN)}  ${printable(name)}`);
  return [`Several people nearby are called “${printable(who)}”. Name one by the start of their key:`, ...which].join(
    '\n',
  );
}
