import { daemonCommand } from '../../command.ts';
import { describeDiagnosis } from '../../terminal/diagnosis.ts';
import { findContact } from '../../find-contact.ts';
import { jsonLine } from '../../terminal/printable.ts';

export const doctorCommand = daemonCommand({
  name: 'doctor',
  usage: '[CONTACT]',
  summary: 'why Loom finds nobody, or cannot reach this contact, and what to do',
  words: [0, 1],
  options: {},
  async run({ words: [word], json, terminal }, daemon) {
    const contact = word === undefined ? null : findContact(await daemon.request('contact.list', {}), word);
    const diagnosis = await daemon.request('network.doctor', contact ? { contact: contact.id } : {});
    if (json) terminal.print(jsonLine(diagnosis));
    else for (const line of describeDiagnosis(diagnosis, contact?.name ?? null)) terminal.print(line);
  },
});
