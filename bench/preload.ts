import { subscribe } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';

// Loaded into a measured process before it starts: counts its requests, and says at its end what it took.
const file = process.env['BENCH_REPORT'];
let requests = 0;
for (const channel of ['undici:request:create', 'http.client.request.start']) subscribe(channel, () => requests++);
process.once('exit', () => {
  if (file === undefined) return;
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeFileSync(file, JSON.stringify({ requests, memory: maxRSS / 1024, cpu: (userCPUTime + systemCPUTime) / 1000 }));
});
