// As check-node.js: says what to do where `npm ci --ignore-scripts` built nothing.
import { existsSync } from 'node:fs';

if (!existsSync(new URL('../dist/commands', import.meta.url))) {
  console.error('lab is not built yet. Run `npm run build`, or `npm ci` with install scripts enabled.');
  process.exit(1);
}
