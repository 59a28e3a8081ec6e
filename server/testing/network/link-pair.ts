// Two links joined by hand: what one sends is given to the other.
import { concat } from '../../crypto/bytes.ts';
import type { LinkProtocol, LinkEvent } from '../../protocol/link-protocol.ts';

/** The bytes among these events. */
export function sent(events: readonly LinkEvent[]): Uint8Array {
  return concat(...events.flatMap((event) => (event.kind === 'send' ? [event.bytes] : [])));
}

/** What comes of these bytes; a responder that is called answers. */
export function heard(protocol: LinkProtocol, bytes: Uint8Array): LinkEvent[] {
  const events = protocol.receive(bytes);
  return events.at(-1)?.kind === 'called' ? [...events, ...protocol.answer()] : events;
}

/** Preamble and answer. @returns message 1. */
export function call(initiator: LinkProtocol, responder: LinkProtocol): Uint8Array {
  return sent(initiator.receive(sent(responder.receive(sent(initiator.start())))));
}

/** The whole handshake. @returns its three messages. */
export function handshake(initiator: LinkProtocol, responder: LinkProtocol): [Uint8Array, Uint8Array, Uint8Array] {
  const message1 = call(initiator, responder);
  const message2 = sent(heard(responder, message1));
  initiator.receive(message2);
  const message3 = sent(initiator.proceed());
  responder.receive(message3);
  return [message1, message2, message3];
}
