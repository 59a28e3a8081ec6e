// The server half of the build: one program for Node with everything in it but Node's own modules and SQLite, whose
// WebAssembly is a file it looks for beside itself. Minified: an idle Loom needs some 12 MB less memory for half the text.
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const { version } = JSON.parse(readFileSync(path('../package.json'), 'utf8')) as { version: string };

const program = {
  main: path('../server/main.ts'),
  // Started as a thread and a process of their own, found by their names beside the file that starts them.
  'argon2-worker': path('../server/crypto/argon2-worker.js'),
  'file-process': path('../server/backup/file-process.js'),
  'responder-process': path('../server/discovery/system/responder-process.ts'),
};
/** `--mode bench`, by config/scripts/bench.js: built as the program is, so that it measures the same code. */
const bench = {
  bench: path('../server/bench/main.ts'),
  // Processes of their own, found beside it by their names.
  daemon: path('../server/bench/daemon.ts'),
  door: path('../server/bench/door.ts'),
  floor: path('../server/bench/floor.ts'),
  'file-floor': path('../server/bench/file-floor.ts'),
  'history-process': path('../server/bench/history-process.ts'),
  'argon2-worker': program['argon2-worker'],
  'file-process': program['file-process'],
};

export default defineConfig(({ mode }) => ({
  root: path('..'),
  publicDir: false,
  define: { __LOOM_VERSION__: JSON.stringify(version), 'process.env.NODE_ENV': '"production"' },
  ssr: {
    noExternal: true,
    // `mdns` is not a part of Loom: native, and loaded where it is installed and asked for.
    external: [
      'node-sqlite3-wasm',
      'mdns',
      ...(mode === 'bench' ? ['@signalapp/libsignal-client'] : []),
      ...builtinModules,
    ],
    target: 'node',
  },
  build: {
    ssr: true,
    outDir: path(mode === 'bench' ? '../node_modules/.cache/bench' : '../dist/server'),
    emptyOutDir: true,
    target: 'node20',
    minify: true,
    reportCompressedSize: false,
    rolldownOptions: {
      input: mode === 'bench' ? bench : program,
      output: { format: 'es', keepNames: true, entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
}));
