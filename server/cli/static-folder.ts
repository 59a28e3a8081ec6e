import { fileURLToPath } from 'node:url';

/** The built page: beside the bundle of the server, `dist/server/main.js`. */
export const STATIC_FOLDER = fileURLToPath(new URL('../web', import.meta.url));
