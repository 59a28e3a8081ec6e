// The browser half of the build: one script with what it shares with later ones, before it a small one for what must be known
// before anything is drawn, one style sheet, nothing inline, each tag with its integrity; and the scripts of `web/src/lazy` and the fonts, loaded when
// they are wanted, each named by an inert tag with the same.
import vue from '@vitejs/plugin-vue';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import type { Plugin, Rollup } from 'vite';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** A script that is loaded later; before it those that several of them share, and that would come along with it unchecked. */
function laterScripts(bundle: Rollup.OutputBundle, fileName: string): readonly string[] {
  const chunk = bundle[fileName];
  if (chunk?.type !== 'chunk' || chunk.isEntry) return [];
  return [...new Set(chunk.imports.flatMap((each) => laterScripts(bundle, each))), fileName];
}

/**
 * Adds `integrity` (SHA-384) to every tag of the built page that loads a script or style of ours, and a tag for each
 * script and font that is loaded later (web/src/api/later.ts, web/src/typeface.ts).
 */
function integrity(): Plugin {
  const tags = /<(?:script|link)\b[^>]*?\b(?:src|href)="\/(assets\/[^"]+\.(?:js|css|woff2)|appearance\.js)"/g;
  return {
    name: 'loom-integrity',
    apply: 'build',
    async writeBundle(options, bundle) {
      const folder = options.dir ?? path('../dist/web');
      /** Those that the first script imports: fetched beside it, and checked before it finds them. */
      const first = Object.values(bundle).flatMap((output) =>
        output.type === 'chunk' && output.isEntry ? output.imports.flatMap((each) => laterScripts(bundle, each)) : [],
      );
      const later = Object.values(bundle).flatMap((output) => {
        const font = `    <link data-later href="/${output.fileName}" />\n`;
        if (output.type !== 'chunk') return output.fileName.endsWith('.woff2') ? [font] : [];
        const { isDynamicEntry, fileName: own, name } = output;
        const needed = isDynamicEntry ? laterScripts(bundle, own).filter((each) => !first.includes(each)) : [];
        return needed.map((fileName) => `    <link data-later="${name}" href="/${fileName}" />\n`);
      });
      const written = await readFile(`${folder}/index.html`, 'utf8');
      const beside = first.map((fileName) => `<link rel="modulepreload" crossorigin href="/${fileName}" />\n    `);
      const page = written
        .replace('<script type="module"', `${beside.join('')}<script type="module"`)
        .replace('  </head>', `${later.join('')}  </head>`);
      const hashes = new Map<string, string>();
      for (const [, file] of page.matchAll(tags)) {
        if (file === undefined) continue;
        const bytes = await readFile(`${folder}/${file}`);
        hashes.set(file, createHash('sha384').update(bytes).digest('base64'));
      }
      const sealed = page.replace(tags, (tag, file: string) => `${tag} integrity="sha384-${hashes.get(file) ?? ''}"`);
      await writeFile(`${folder}/index.html`, sealed);
    },
  };
}

/**
 * Takes Vue's Trusted Types policy out of the build. The page's rule (`trusted-types 'none'`) allows no policy at all, so
 * asking for one only puts a refusal on the console of every visit; Vue is as happy without.
 */
function withoutVuePolicy(): Plugin {
  const asks = 'const tt = typeof window !== "undefined" && window.trustedTypes;';
  return {
    name: 'loom-without-vue-policy',
    apply: 'build',
    transform: {
      filter: { id: /runtime-dom\.esm-bundler\.js/ },
      handler(code) {
        if (!code.includes(asks)) throw new Error('Vue asks for its Trusted Types policy in another way: look again');
        return { code: code.replace(asks, 'const tt = undefined;'), map: null };
      },
    },
  };
}

export default defineConfig({
  root: path('../web'),
  base: '/',
  plugins: [
    // Hoisted static markup goes through innerHTML, which the page's Trusted Types rule refuses.
    vue({ template: { compilerOptions: { hoistStatic: false } } }),
    withoutVuePolicy(),
    integrity(),
  ],
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
    __INTLIFY_DROP_MESSAGE_COMPILER__: 'false',
  },
  build: {
    outDir: path('../dist/web'),
    emptyOutDir: true,
    target: ['chrome115', 'firefox115', 'safari17'],
    modulePreload: false,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    reportCompressedSize: true,
    // The dictionaries of the estimator of passphrases.
    chunkSizeWarningLimit: 2000,
  },
});
