import { UsageError } from '../../../options.ts';
import { daemonCommand } from '../../command.ts';
import { jsonLine } from '../../terminal/printable.ts';
import { terminalQr } from '../../terminal/qr.ts';
import { describeInvite } from './invites.ts';

const lifetimes = ['1h', '24h', '7d', 'never'] as const;
type Lifetime = (typeof lifetimes)[number];

export const inviteCommand = daemonCommand({
  name: 'invite',
  usage: '[--expires 1h | 24h | 7d | never]',
  summary: 'creates an invite: the first person to use it becomes your contact',
  words: [0, 0],
  options: { expires: { value: 'TIME', help: '1h, 24h (unless you say otherwise), 7d or never' } },
  check: ({ values }) => void lifetime(values.expires),
  async run({ values, json, terminal }, daemon) {
    const invite = await daemon.request('invite.create', { expires: lifetime(values.expires) });
    if (json) terminal.print(jsonLine(invite));
    else {
      terminal.print(invite.token);
      terminal.tell(terminalQr(invite.token));
      terminal.tell(`${describeInvite(invite)}. Send it where nobody else can read it.`);
    }
  },
});

/** @throws UsageError */
function lifetime(text = '24h'): Lifetime {
  const known = lifetimes.find((each) => each === text);
  if (known === undefined) throw new UsageError(`--expires needs one of ${lifetimes.join(', ')}`);
  return known;
}
