// Which packages a build has put into its bundles, with their versions and licences.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} ThirdParty
 * @property {string} name
 * @property {string} version
 * @property {string} licence SPDX
 * @property {string} text the licence itself, empty when the package carries none
 */

export class Inventory {
  /** By name and version: one package may stand in several folders. @type {Map<string, ThirdParty>} */
  #packages = new Map();
  /** @type {Set<string>} */
  #folders = new Set();

  /**
   * A plugin that looks at what a build wrote.
   * @returns {import('vite').Plugin}
   */
  plugin() {
    return {
      name: 'loom-third-party',
      generateBundle: (_, bundle) => {
        for (const output of Object.values(bundle)) {
          if (output.type === 'chunk') for (const id of output.moduleIds) this.#add(id);
        }
      },
    };
  }

  /** @returns {string} the same for the same packages, whatever the order they were met in. */
  text() {
    const packages = [...this.#packages.values()].sort((a, b) => key(a).localeCompare(key(b), 'en'));
    const parts = packages.map((one) => `${key(one)}\nLicence: ${one.licence}\n\n${one.text}`.trimEnd());
    const opening = 'Loom carries these packages inside its built files, each under its own licence.';
    return [opening, ...parts].join(`\n\n${'-'.repeat(80)}\n\n`) + '\n';
  }

  /** @param {string} id of a module: a path, perhaps with a query, or a name of the bundler's own */
  #add(id) {
    const file = id.replace(/^\0/, '').replace(/\?.*$/, '');
    const folder = /^.*\/node_modules\/(?:@[^/]+\/)?[^/@][^/]*(?=\/)/.exec(file.replaceAll('\\', '/'))?.[0];
    if (folder === undefined || this.#folders.has(folder)) return;
    this.#folders.add(folder);
    const found = describe(folder);
    if (found !== null) this.#packages.set(key(found), found);
  }
}

/**
 * @param {string} folder
 * @returns {ThirdParty | null}
 */
function describe(folder) {
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest)) return null;
  const { name, version, license } = /** @type {Record<string, unknown>} */ (
    JSON.parse(readFileSync(manifest, 'utf8'))
  );
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.|$)/i.test(entry));
  return {
    name: String(name),
    version: String(version),
    licence: typeof license === 'string' ? license : 'see below',
    text: file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim(),
  };
}

/** @param {ThirdParty} one */
function key({ name, version }) {
  return `${name} ${version}`;
}
