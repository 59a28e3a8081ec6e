// Words of the screens around the conversations: getting in, beginning, adding, settings.
/** Where one does not get in. */
export const entry = {
  noneTitle: 'Almost there',
  none: 'For your safety, this page opens only with a fresh link from Loom itself. Get one:',
  codeTitle: 'This link has been used',
  code: 'Each link opens one tab, once, and only for a few minutes. Get a new one:',
  restartedTitle: 'Loom was restarted',
  restarted: 'Open it with a fresh link, and this tab comes back, too. Everything stored is safe.',
  askTitle: 'Open Loom here?',
  ask: 'An address or a link led to this tab. If it was not you, close it.',
  askOpen: 'Open Loom here',
  how: 'In a terminal, run',
  then: 'and open the address it prints.',
  impostorTitle: 'Another program is using Loom’s address',
  impostor:
    'It can’t prove that it is Loom, so nothing of yours was sent to it. Close that program, then start Loom again.',
  workerTitle: 'Blocked: another program’s script',
  worker:
    'Another program had left a script at this address that could have read along. Loom removed it. Close this tab and open Loom again.',
  drafts: 'Not sent yet',
  draftsHint:
    'These messages are only in this tab, so leave it open: it comes back by itself, and sends them, once Loom is open in another tab.',
};

export const start = {
  title: 'Talk to people near you',
  lead: 'Messages go straight from your computer to theirs, end-to-end encrypted. No account, no server, no cloud.',
  name: 'Your name',
  nameHint: 'What your contacts see. You can change it later.',
  passphrase: 'Passphrase',
  passphrasePlaceholder: 'Protect with a passphrase',
  passphraseHint: 'Nobody can reset it for you, so choose one you’ll remember.',
  passphraseEmpty: 'Without a passphrase, anyone who can open your files can read your messages.',
  visible: 'Visible nearby for 10 minutes',
  visibleHint: 'So that someone in the same room can pick your name.',
  create: 'Create my identity',
  createConnect: 'Create my identity and connect',
  creating: 'Creating…',
  before: 'Had Loom before?',
};

export const unlock = {
  title: 'Welcome back',
  titleNamed: 'Welcome back, {name}',
  profile: 'Profile “{profile}”',
  lead: 'Your messages are locked on this computer.',
  unlock: 'Unlock',
  unlocking: 'Unlocking…',
  forgotten: 'Forgotten your passphrase?',
  ways: 'Nobody can reset it, not even Loom. What you kept can bring you back:',
  wayPhrase: 'Your recovery phrase brings back who you are.',
  wayBackup: 'A backup file brings back everything in it.',
  fresh:
    'Start Loom with a new profile, then choose “Restore”. This one stays as it is, in case you remember. In a terminal, run',
};

export const passphrase = { show: 'Show what is typed', hide: 'Hide what is typed' };

/** The own contact code. */
export const token = {
  title: 'My contact code',
  lead: 'Give this to someone you want to talk to, and add theirs. It isn’t secret: it only says who you are.',
  field: 'Contact code',
  qr: 'QR code of my contact code',
  more: 'If they can’t find you',
  port: 'Peer port {port}',
  addresses: 'They can type one of these addresses, under “Advanced”:',
  noAddresses: 'This computer isn’t connected to a network.',
};

/** Adding by a code or an invite; nearby is in en-meet.ts. */
export const add = {
  button: 'Add contact',
  title: 'Add contact',
  back: 'Back',
  nearby: 'Nearby',
  nearbyHint: 'You are in the same room, or on the same network.',
  invite: 'Send an invite',
  inviteHint: 'They paste it, and you are connected.',
  haveCode: 'I have a code',
  haveCodeHint: 'They sent you an invite or their contact code.',
  mine: 'They want to add you?',
  showMine: 'Show mine',
  takeTheirs: 'Take theirs',
  token: 'Contact code',
  tokenHint: 'Begins with LOOM-. An invite does, too.',
  tokenEmpty: 'Paste the code they gave you.',
  name: 'Name',
  nameHint: 'What you call them. Only you see it.',
  nameOfInvite: 'What you call them. Leave it empty to use the name they chose.',
  advanced: 'Advanced',
  address: 'Address',
  addressHint:
    'HOST:PORT, from “My contact code” on their screen. Only needed where the network keeps your computers apart.',
  add: 'Add',
  adding: 'Adding…',
};

export const requests = {
  accept: 'Accept',
  block: 'Block',
  ignore: 'Ignore',
  wants: '{name} wants to talk to you.',
  how: 'Has your contact code.',
  details: 'Details',
  key: 'Public key',
  from: 'Address',
  fromNone: 'not known',
  since: 'Asked',
  blocked: '{name} is blocked.',
  undo: 'Undo',
};
