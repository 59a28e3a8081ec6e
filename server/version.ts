declare const __LOOM_VERSION__: string | undefined;

/** Of package.json, put in by the build; a run from the sources has none. */
export const version = typeof __LOOM_VERSION__ === 'string' ? __LOOM_VERSION__ : '0.0.0-source';
