import { cpus, totalmem } from 'node:os';
import { onRealServers } from './real.ts';
import { tenTimesAsMany } from './scale.ts';
import { startUp } from './start-up.ts';
import { markdown } from './table.ts';

// Ratios within one run; nothing is asserted. docs/performance.md keeps the last table.
const rows = [...startUp(), ...(await onRealServers()), ...(await tenTimesAsMany())];
const date = new Date().toISOString().slice(0, 10);
const memory = Math.round(totalmem() / 2 ** 30);
console.log(`${date}, Node ${process.version}, ${cpus().length} cores, ${memory} GiB\n\n${markdown(rows)}`);
