import type { EventMessage } from '../../../contract/events.ts';
import { daemonCommand } from '../../command.ts';
import type { Place } from '../../daemon.ts';
import { Sayings } from '../../terminal/event-lines.ts';
import { CommandFailure } from '../../exit.ts';
import { messageJson } from '../../terminal/message-json.ts';
import { jsonLine } from '../../terminal/printable.ts';

export const watchCommand = daemonCommand({
  name: 'watch',
  usage: '[CONTACT]',
  summary: 'prints what happens from now on: in words on a terminal, else one JSON object a line',
  words: [0, 1],
  options: {},
  async run({ words: [who], json, terminal }, daemon) {
    const contacts = await daemon.request('contact.list', {});
    const about = who === undefined ? null : await daemon.place(who);
    const sayings = json || !terminal.isScreen ? null : new Sayings(contacts);
    daemon.onEvent((event) => {
      if (about !== null && !isAbout(event, about)) return;
      if (sayings === null) terminal.print(jsonLine(flat(event)));
      else for (const line of sayings.of(event, Date.now())) terminal.print(line);
    });
    const { cursor } = await daemon.request('events.subscribe', { cursor: null, boot: null });
    // From here on nothing is missed: a script waits for this line before it does what it wants to see.
    if (sayings === null) terminal.print(jsonLine({ event: 'watching', cursor }));
    else terminal.tell('Watching. Ctrl-C ends it.');
    const ended = await Promise.race([daemon.closed.then(() => true), terminal.readerGone.then(() => false)]);
    if (ended) throw new CommandFailure('notRunning', 'Loom has stopped.');
  },
});

/** The thing an event is about – a message, a contact, an identity – stands at the top level of its line. */
export function flat(message: EventMessage): Readonly<Record<string, unknown>> {
  const { cursor, event } = message;
  switch (message.event) {
    case 'message.received':
    case 'message.stored':
      return { event, cursor, ...messageJson(message.data.message) };
    case 'message.changed': {
      // Who has done what to it stands beside it.
      const { message: changed, ...why } = message.data;
      return { event, cursor, ...why, ...messageJson(changed) };
    }
    case 'contact.changed':
      // A contact is `contact` in every event; here it is also what the event is about.
      return { event, cursor, contact: message.data.contact.id, ...message.data.contact };
    case 'conversation.changed':
      return { event, cursor, ...message.data.conversation };
    case 'identity.changed':
      return { event, cursor, ...message.data.identity };
    case 'request.changed':
      return { event, cursor, ...message.data.request };
    case 'pairing.changed':
      return { event, cursor, ...message.data.pairing };
    case 'invite.changed':
      return { event, cursor, ...message.data.invite };
    case 'peer.discovered':
      return { event, cursor, ...message.data.peer };
    case 'network.changed':
      return { event, cursor, ...message.data.network };
    default:
      return { event, cursor, ...message.data };
  }
}

/** Whether an event is about a contact, or about what is said in a conversation. */
function isAbout(message: EventMessage, { contact, conversation }: Place): boolean {
  // Of notes: nobody, which no event means.
  const id = contact?.id;
  switch (message.event) {
    case 'message.received':
    case 'message.stored':
    case 'message.changed':
      return message.data.message.conversation === conversation;
    case 'contact.changed':
      return message.data.contact.id === id;
    case 'conversation.changed':
      return message.data.conversation.id === conversation;
    case 'invite.changed':
      return message.data.invite.contact === id;
    case 'peer.discovered':
      return message.data.peer.contact === id;
    default:
      if ('contact' in message.data) return message.data.contact === id;
      return 'conversation' in message.data && message.data.conversation === conversation;
  }
}
