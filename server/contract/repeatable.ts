// The rows' `repeatable`, for the page, which has none of the rows' schemas in its bundle. Its type holds it to them.
import type { Repeatable } from './commands.ts';

export const repeatable: Repeatable = {
  'status.get': true,
  'identity.get': true,
  'identity.token': true,
  'token.parse': true,
  'backup.status': true,
  'backup.places': true,
  'contact.list': true,
  'contact.safety': true,
  'contact.connect': true,
  'request.list': true,
  'message.send': 'with-id',
  'message.page': true,
  'message.read': true,
  'people.list': true,
  'pairing.get': true,
  'invite.list': true,
  'peer.list': true,
  'network.status': true,
  'launcher.get': true,
  'launcher.install': true,
  'launcher.remove': true,
  'launcher.decline': true,
};
