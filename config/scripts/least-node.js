// Readable for every Node that knows modules (12.17).

/** As package.json says. */
const LEAST_NODE = [20, 19];

/** Ends the process with a word on what to do when this Node is too old. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = LEAST_NODE;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  console.error(`Loom needs Node ${LEAST_NODE.join('.')} or newer; this is ${process.versions.node}. See nodejs.org.`);
  process.exit(1);
}
