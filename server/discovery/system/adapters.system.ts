// The system backend on a machine that is on two networks: another name on each, and not a word on one it must not use.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Avahi } from '../../testing/mdns/avahi.ts';
import { builtProgram, type BuiltProgram } from '../../testing/built-program.ts';
import type { DiscoverySettings } from '../../testing/mdns/discovery-process.ts';
import { Scene } from '../../testing/mdns/discovery-scene.ts';
import type { Instance } from '../../testing/network/instance.ts';
import { Machines } from '../../testing/network/namespaces.ts';
import type { HeardPacket } from '../../testing/mdns/outsider-process.ts';
import type { Sighting } from '../discovery.ts';
import { SERVICE } from '../mdns/dns/names.ts';
import { parseMessage } from '../mdns/dns/packet.ts';
import type { Message } from '../mdns/dns/packet.ts';
import { labelIn } from '../mdns/dns/questions.ts';

const library = process.env.LOOM_TEST_MDNS;
const machines = library
  ? Machines.make('the responder of the system on two adapters', [
      [
        ['left', '10.77.0.1/16'],
        ['middle', '10.77.0.2/16'],
      ],
      [
        ['middle', '10.78.0.2/16'],
        ['right', '10.78.0.1/16'],
      ],
    ])
  : null;

/** What a listener has heard of the machine in the middle, at its IPv4 address. */
function heardBy(listener: Instance): Message[] {
  const packets = listener.events.filter(({ event }) => event === 'packet').map(({ data }) => data as HeardPacket);
  const ofMiddle = packets.filter(({ from }) => /^10\.7[78]\.0\.2$/.test(from));
  return ofMiddle.flatMap(({ bytes }) => parseMessage(Buffer.from(bytes, 'base64')) ?? []);
}

/** Said, in answers: a question repeats what is known of others. */
function labelsIn(messages: readonly Message[]): Set<string> {
  const answers = messages.filter(({ kind }) => kind === 'response');
  const records = answers.flatMap((message) => [...message.answers, ...message.additionals]);
  return new Set(records.flatMap((record) => (record.type === 'SRV' ? (labelIn(record) ?? []) : [])));
}

describe.runIf(machines)('a machine with two adapters and Avahi', () => {
  let scene: Scene;
  let program: BuiltProgram;
  let avahi: Avahi;

  function bob(more: Partial<DiscoverySettings> = {}): Instance {
    const responder = { program: program.path, library: library! };
    return scene.start('middle', 'bob', { responder, ...more }, avahi.within);
  }

  beforeAll(async () => {
    scene = await Scene.on(machines!);
    program = await builtProgram(new URL('responder-process.ts', import.meta.url));
    avahi = (await Avahi.start(machines!, 'middle', 'middle-host'))!;
  });

  afterEach(() => scene.clear());

  afterAll(() => {
    avahi.stop();
    scene.remove();
    program.remove();
  });

  it('goes by another name on each, and is seen at the address it has there', async () => {
    const listeners = await Promise.all(
      ['left', 'right'].map((machine) => scene.outsider(machine, { kind: 'listener' })),
    );
    const [ann, carl, middle] = [scene.start('left', 'ann'), scene.start('right', 'carl'), bob()];
    const [byAnn, byCarl] = await Promise.all([
      ann.seeing('bob'),
      carl.seeing('bob'),
      middle.seeing('ann'),
      middle.seeing('carl'),
    ]);
    const routed = ({ data }: { data: unknown }): readonly string[] =>
      (data as Sighting).hosts.filter((host) => !host.startsWith('fe80'));
    expect([routed(byAnn), routed(byCarl)]).toEqual([['10.77.0.2'], ['10.78.0.2']]);
    const [here, there] = listeners.map((listener) => labelsIn(heardBy(listener)));
    expect([here?.size, there?.size]).toEqual([1, 1]);
    expect(here).not.toEqual(there);
    expect(labelsIn(listeners.flatMap(heardBy)).size).toBe(2);
  });

  it('neither announces nor asks on the one it must not use', async () => {
    const listener = await scene.outsider('right', { kind: 'listener' });
    const middle = bob({ adapters: { only: null, except: ['loom1'] } });
    const [ann, carl] = [scene.start('left', 'ann'), scene.start('right', 'carl')];
    await Promise.all([ann.seeing('bob'), middle.seeing('ann'), carl.first('status')]);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const messages = heardBy(listener);
    expect(labelsIn(messages)).toEqual(new Set());
    expect(messages.filter(({ questions }) => questions.some(({ name }) => name.endsWith(SERVICE)))).toEqual([]);
    expect(carl.seen.size).toBe(0);
    expect(middle.seen).toEqual(new Set(['ann']));
  });
});
