import nodeCrypto from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex, utf8 } from './bytes.ts';
import {
  DEFAULT_ARGON2,
  MAX_ARGON2,
  MAX_ARGON2_COST_KIB,
  deriveKey,
  isWithinArgon2Bounds,
  tuneArgon2,
  tunedFor,
  type Argon2Parameters,
} from './passphrase.ts';
import vectors from './testdata/argon2.json' with { type: 'json' };

const CHEAP: Argon2Parameters = { memoryKiB: 32, passes: 1, lanes: 4 };
const SALT = new Uint8Array(16).fill(2);

describe('Argon2id', () => {
  // The vectors of the reference implementation; that of RFC 9106 §5.3 has associated data, for which there is no door here.
  it.each(vectors.reference)('$memoryKiB KiB, $passes passes, $lanes lanes', async (vector) => {
    expect(toHex(await deriveKey(vector.passphrase, vector, utf8(vector.salt)))).toBe(vector.key);
  });

  it('takes for one passphrase what OpaqueString does, and nothing of another case or with marks in it', async () => {
    const key = async (text: string): Promise<string> => toHex(await deriveKey(text, CHEAP, SALT));
    const written = await key('Zo\u00eb \u1ebf x');
    for (const same of [
      'Zoe\u0308 e\u0302\u0301 x',
      'Zo\u00eb\u00a0\u1ebf\u3000x',
      'Zoe\u0308\u2003\u00ea\u0301\u202fx',
    ])
      expect(await key(same)).toBe(written);
    for (const other of ['zo\u00eb \u1ebf x', 'Zo\u00eb \u1ebf x ', '\ufeffZo\u00eb \u1ebf x', 'Zoe \u1ebf x'])
      expect(await key(other)).not.toBe(written);
  });

  const argon2Sync = nodeArgon2();
  it.skipIf(!argon2Sync)('agrees with that of Node, which gives the tag of RFC 9106 §5.3', async () => {
    const { memoryKiB, passes, lanes, ...rfc } = vectors.rfc9106;
    const cost = { memory: memoryKiB, passes, parallelism: lanes, tagLength: 32 };
    const [message, nonce] = [fromHex(rfc.password), fromHex(rfc.salt)];
    const extra = { secret: fromHex(rfc.secret), associatedData: fromHex(rfc.associatedData) };
    expect(toHex(argon2Sync!('argon2id', { message, nonce, ...cost, ...extra }))).toBe(rfc.tag);
    const ours = await deriveKey('\x01'.repeat(32), vectors.rfc9106, nonce);
    expect(toHex(ours)).toBe(toHex(argon2Sync!('argon2id', { message, nonce, ...cost })));
  });

  it('takes a passphrase however the keyboard composed it', async () => {
    const keys = await Promise.all(['Zo\u00eb \ufb01', 'Zoe\u0308 fi'].map((text) => deriveKey(text, CHEAP, SALT)));
    expect(toHex(keys[0]!)).toBe(toHex(keys[1]!));
  });

  it('tells passphrases, salts and parameters apart', async () => {
    const keys = await Promise.all([
      deriveKey('one', CHEAP, SALT),
      deriveKey('One', CHEAP, SALT),
      deriveKey('one', CHEAP, new Uint8Array(16)),
      deriveKey('one', { ...CHEAP, passes: 2 }, SALT),
      deriveKey('one', { ...CHEAP, lanes: 2 }, SALT),
      deriveKey('one', { ...CHEAP, memoryKiB: 64 }, SALT),
    ]);
    expect(new Set(keys.map(toHex)).size).toBe(keys.length);
  });

  it('leaves the event loop free, hands out 32 bytes that do not print, and leaves the salt alone', async () => {
    let turns = 0;
    const turning = setInterval(() => (turns += 1), 1);
    const key = await deriveKey('a passphrase', { memoryKiB: 16 * 1024, passes: 3, lanes: 4 }, SALT);
    clearInterval(turning);
    expect(turns).toBeGreaterThan(0);
    expect(key.length).toBe(32);
    expect(JSON.stringify({ key })).toBe('{"key":"[redacted]"}');
    expect(SALT).toEqual(new Uint8Array(16).fill(2));
  });

  it('refuses what it cannot or will not do', async () => {
    await expect(deriveKey('', CHEAP, SALT)).rejects.toThrow('passphrase');
    await expect(deriveKey('x'.repeat(4097), CHEAP, SALT)).rejects.toThrow('passphrase');
    await expect(deriveKey('x', CHEAP, new Uint8Array(7))).rejects.toThrow('salt');
    await expect(deriveKey('x', CHEAP, new Uint8Array(65))).rejects.toThrow('salt');
    await expect(deriveKey('x', { ...CHEAP, memoryKiB: 100 * 1024 * 1024 }, SALT)).rejects.toThrow('bounds');
  });
});

describe('parameters', () => {
  it('are within bounds or not', () => {
    const most = { ...MAX_ARGON2, passes: 3 };
    const longest = { ...MAX_ARGON2, memoryKiB: MAX_ARGON2_COST_KIB / MAX_ARGON2.passes };
    for (const good of [DEFAULT_ARGON2, CHEAP, most, longest]) expect(isWithinArgon2Bounds(good)).toBe(true);
    const bad: Partial<Argon2Parameters>[] = [
      { memoryKiB: MAX_ARGON2.memoryKiB + 1 },
      // Memory × passes, one over and each at its bound.
      { memoryKiB: MAX_ARGON2_COST_KIB / MAX_ARGON2.passes + 1, passes: MAX_ARGON2.passes },
      MAX_ARGON2,
      { memoryKiB: 31 },
      { memoryKiB: 64.5 },
      { memoryKiB: NaN },
      { passes: 0 },
      { passes: MAX_ARGON2.passes + 1 },
      { lanes: 0 },
      { lanes: MAX_ARGON2.lanes + 1 },
      { lanes: -4 },
    ];
    for (const change of bad) expect(isWithinArgon2Bounds({ ...CHEAP, ...change })).toBe(false);
  });

  it('grow with the speed of the machine, from 64 to 256 MiB', () => {
    const memoryMiB = (elapsedMs: number) => tunedFor(elapsedMs).memoryKiB / 1024;
    expect([5000, 500, 400, 250, 150, 125, 1].map(memoryMiB)).toEqual([64, 64, 80, 128, 208, 256, 256]);
    expect(tunedFor(250)).toEqual({ ...DEFAULT_ARGON2, memoryKiB: 128 * 1024 });
  });

  it('are found by trying', async () => {
    const parameters = await tuneArgon2();
    expect(isWithinArgon2Bounds(parameters)).toBe(true);
    expect(parameters.memoryKiB).toBeGreaterThanOrEqual(DEFAULT_ARGON2.memoryKiB);
    expect(parameters.memoryKiB).toBeLessThanOrEqual(256 * 1024);
  });
});

type NodeArgon2 = (algorithm: 'argon2id', parameters: Record<string, number | Uint8Array>) => Uint8Array;

/** crypto.argon2Sync of Node 24.7 and later, which the types of Node 20 do not know. */
function nodeArgon2(): NodeArgon2 | null {
  const node: object = nodeCrypto;
  return 'argon2Sync' in node ? (node.argon2Sync as NodeArgon2) : null;
}
