// `npm start`: from a fresh clone to a running Loom. What follows `--` goes to loom-web. A Node that is too old gets this
// far and says so; what it could not even read comes later.
import { requireNode } from './least-node.js';

requireNode();
void import('./start-loom.js');
