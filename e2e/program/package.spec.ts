// What `npx loom-web` brings to a computer: the packed files, what they need besides, whose code they carry, and that
// anybody can build the same ones.
import { expect, test } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Packages that an installation may have, Loom itself included. */
const PACKAGES = 5;

/** Each lets its code be part of a program under the MIT licence. */
const LICENCES = new Set([
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'Unlicense',
]);

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

function manifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** The package in this folder, and all that come with it. */
function installed(folder: string, seen = new Map<string, string>()): Map<string, string> {
  const { name, dependencies = {}, optionalDependencies = {} } = manifest(folder);
  seen.set(name, folder);
  for (const needed of Object.keys({ ...dependencies, ...optionalDependencies }))
    if (!seen.has(needed)) installed(join(root, 'node_modules', needed), seen);
  return seen;
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();
}

/** The digest of each file, by its path. */
function digests(folder: string): Record<string, string> {
  const digest = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
  return Object.fromEntries(filesUnder(folder).map((path) => [path, digest(join(folder, path))]));
}

test('the packed files run by themselves, beside at most four packages without scripts or native code', () => {
  const folder = mkdtempSync(join(tmpdir(), 'loom-packed-'));
  try {
    // Without scripts: what is packed is the build that the other tests run.
    execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root, stdio: 'ignore' });
    const [archive = ''] = readdirSync(folder);
    execFileSync('tar', ['-xzf', archive], { cwd: folder });
    const ours = join(folder, 'package');
    expect(filesUnder(ours).filter((path) => !path.startsWith('dist/'))).toEqual([
      'LICENSE',
      'README.md',
      'package.json',
    ]);
    expect(filesUnder(join(ours, 'dist'))).toEqual(filesUnder(join(root, 'dist')));

    const packages = installed(root);
    expect(packages.size).toBeLessThanOrEqual(PACKAGES);
    for (const [name, place] of packages) {
      const { scripts = {} } = manifest(place);
      const atInstall = ['preinstall', 'install', 'postinstall'].filter((script) => script in scripts);
      expect(atInstall, `scripts of ${name}`).toEqual([]);
      if (name === 'loom-web') continue;
      const native = filesUnder(place).filter((path) => /\.(?:node|so|dll|dylib)$|binding\.gyp$/.test(path));
      expect(native, `native code of ${name}`).toEqual([]);
      cpSync(place, join(folder, 'package/node_modules', name), { recursive: true });
    }
    const program = join(ours, 'dist/server/main.js');
    const said = execFileSync(process.execPath, [program, '--version'], { cwd: folder, encoding: 'utf8' });
    expect(said.trim()).toContain(manifest(root).version);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('everything bundled is listed with its version and a licence that fits', () => {
  const list = readFileSync(join(root, 'dist/THIRD-PARTY.txt'), 'utf8');
  const entries = [...list.matchAll(/^-{80}\n\n(\S+) (\S+)\nLicence: (.+)$/gm)].map(
    ([, name = '', version, licence]) => ({
      name,
      version,
      licence,
    }),
  );
  expect(entries.length).toBeGreaterThan(20);
  for (const { name, licence = '' } of entries) {
    // Of several, the one that fits is chosen.
    const offered = licence.replaceAll(/[()]/gu, '').split(' OR ');
    expect(
      offered.some((each) => LICENCES.has(each)),
      `${name}: ${licence}`,
    ).toBe(true);
  }
  for (const name of ['fastify', 'vue', 'tweetnacl', '@noble/curves', 'zod'])
    expect(entries.map((entry) => entry.name)).toContain(name);
  // The versions are those of the lock file.
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version?: string }>;
  };
  const locked = new Set(
    Object.entries(packages).map(([path, { version }]) => `${path.split('node_modules/').at(-1)} ${version}`),
  );
  for (const { name, version } of entries) expect(locked.has(`${name} ${version}`), `${name} ${version}`).toBe(true);
});

test('a build in another folder gives the same bytes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'loom-build-'));
  try {
    for (const name of readdirSync(root).filter(
      (entry) => !['node_modules', 'dist', '.git', 'test-results'].includes(entry),
    ))
      cpSync(join(root, name), join(folder, name), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    execFileSync(process.execPath, [join(folder, 'config/scripts/build.js')], { cwd: folder, stdio: 'ignore' });
    expect(existsSync(join(folder, 'dist/server/main.js'))).toBe(true);
    expect(digests(join(folder, 'dist'))).toEqual(
      digests(dirname(fileURLToPath(new URL('../../dist/server', import.meta.url)))),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
