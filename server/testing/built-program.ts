// A TypeScript file made into a program that Node runs by itself, for tests that need a real process to kill.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface BuiltProgram {
  readonly path: string;
  remove(): void;
}

export async function builtProgram(entry: URL): Promise<BuiltProgram> {
  // Below node_modules, so that the program finds the modules left out of it.
  const programs = `${root}node_modules/.cache/programs`;
  mkdirSync(programs, { recursive: true });
  const outDir = mkdtempSync(`${programs}/`);
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    publicDir: false,
    ssr: { noExternal: true, external: ['node-sqlite3-wasm', 'mdns'] },
    build: {
      ssr: true,
      outDir,
      emptyOutDir: false,
      minify: false,
      target: 'node20',
      rolldownOptions: {
        input: { program: fileURLToPath(entry) },
        output: { format: 'es', entryFileNames: '[name].mjs' },
      },
    },
  });
  return { path: `${outDir}/program.mjs`, remove: () => rmSync(outDir, { recursive: true }) };
}
