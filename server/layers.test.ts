// The table of layers, held: which folder may import from which. Tests may use `testing` besides.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const everything = ['server/', 'web/src/'];

/** The engine's ground floor: what every room of it stands on. */
const groundFloor = ['background', 'command-errors', 'event-log', 'scarcity'].map((name) => `server/engine/${name}.ts`);

/** What the engine may import from outside itself. */
const below = [
  'contract',
  'timing',
  'crypto',
  'protocol',
  'transport',
  'network',
  'discovery',
  'storage',
  'backup',
  'import',
].map((layer) => `server/${layer}/`);

function room(name: string, ...rooms: readonly string[]): readonly [layer: string, may: readonly string[]] {
  return [`server/engine/${name}/`, [...below, ...groundFloor, ...rooms.map((other) => `server/engine/${other}`)]];
}

/** What each layer may import besides itself: folders, with their `/`, or single files. The first prefix that fits counts. */
const layers: readonly (readonly [layer: string, may: readonly string[]])[] = [
  ['server/contract/', []],
  ['server/timing/', []],
  ['server/crypto/', []],
  ['server/protocol/', ['server/crypto/']],
  ['server/transport/', ['server/protocol/limits.ts']],
  ['server/network/', ['server/timing/', 'server/transport/']],
  ['server/discovery/', ['server/timing/', 'server/network/', 'server/crypto/']],
  ['server/storage/', ['server/crypto/', 'server/contract/']],
  ['server/backup/', ['server/contract/', 'server/crypto/', 'server/protocol/', 'server/storage/']],
  [
    'server/import/',
    ['server/contract/', 'server/crypto/', 'server/protocol/', 'server/storage/', 'server/backup/files.ts'],
  ],
  room('contacts'),
  room('links', 'contacts/'),
  room('delivery', 'contacts/', 'links/'),
  room('files', 'contacts/', 'links/', 'delivery/'),
  room('presence', 'contacts/', 'links/'),
  room('meeting', 'contacts/', 'links/', 'presence/'),
  room('doctor', 'contacts/', 'links/', 'presence/'),
  room('feed', 'contacts/', 'links/', 'delivery/'),
  room('search', 'contacts/', 'links/', 'delivery/', 'feed/'),
  room('tasks'),
  ['server/engine/profile/', [...below, 'server/engine/']],
  ['server/engine/commands/', [...below, ...[...rooms()].filter((each) => each !== 'server/engine/profile/')]],
  ['server/engine/', [...below, ...rooms()]],
  ['server/http/', ['server/contract/', 'server/engine/', 'server/timing/']],
  ['server/', everything],
  ['web/', ['server/contract/']],
];

/** Every room of the engine, and the files on its ground floor. */
function rooms(): readonly string[] {
  return readdirSync(join(root, 'server/engine'), { withFileTypes: true }).map(
    (entry) => `server/engine/${entry.name}${entry.isDirectory() ? '/' : ''}`,
  );
}

/** Everything `from` imports from `to` that it may not. */
function violation(from: string, to: string): string | null {
  const [layer = '', may = []] = layers.find(([prefix]) => from.startsWith(prefix)) ?? [];
  const allowed = [layer, ...may, ...(isTest(from) ? ['server/testing/'] : [])];
  return allowed.some((prefix) => to.startsWith(prefix)) ? null : `${from} imports ${to}`;
}

function isTest(path: string): boolean {
  return /\.(test|slow|system)\.ts$/.test(path);
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(ts|vue)$/.test(path))
    .map((path) => join(folder, path).split(sep).join('/'));
}

/** The project's own files that a file imports, as paths from the root. */
function imports(path: string): string[] {
  const text = readFileSync(join(root, path), 'utf8');
  const script = path.endsWith('.vue')
    ? [...text.matchAll(/<script\b[^>]*>(.*?)<\/script>/gs)].map(([, code]) => code).join('\n')
    : text;
  return ts
    .preProcessFile(script, true, true)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => name.startsWith('.'))
    .map((name) =>
      relative(root, join(root, dirname(path), name))
        .split(sep)
        .join('/'),
    );
}

describe('layers', () => {
  const files = [...sources('server'), ...sources('web/src')];

  it('finds the imports of TypeScript and Vue files', () => {
    expect(imports('server/cli/program.ts')).toContain('server/cli/run.ts');
    const vue = files.filter((path) => path.endsWith('.vue'));
    expect(vue.flatMap(imports).length).toBeGreaterThan(vue.length);
  });

  it('know a violation', () => {
    expect(violation('server/http/app.ts', 'server/storage/database.ts')).not.toBeNull();
    expect(violation('server/engine/delivery/outbox.ts', 'server/testing/fake-clock.ts')).not.toBeNull();
    expect(violation('server/transport/tcp.ts', 'server/protocol/link-protocol.ts')).not.toBeNull();
    expect(violation('web/src/main.ts', 'server/engine/engine.ts')).not.toBeNull();
    expect(violation('server/engine/delivery/outbox.test.ts', 'server/testing/fake-clock.ts')).toBeNull();
    expect(violation('server/loom.ts', 'server/storage/database.ts')).toBeNull();
  });

  it('import only what their row of the table allows', () => {
    const violations = files.flatMap((from) => imports(from).flatMap((to) => violation(from, to) ?? []));
    expect(violations).toEqual([]);
  });
});
