#!/usr/bin/env node
import module from 'node:module';

await import('./check-node.js');
await import('./check-built.js');
module.enableCompileCache?.();

const [{ run }, { flush }, { handle }, { settings }] = await Promise.all([
  import('@oclif/core/run'),
  import('@oclif/core/flush'),
  import('@oclif/core/handle'),
  import('@oclif/core/settings'),
]);
// Commands run from dist as they were built; nothing looks for a transpiler at start.
settings.enableAutoTranspile = false;

// Whoever reads may leave early (`lab apply 2>&1 | head`). What is under way is finished, not cut off in the middle.
const readerLeft = (error) => {
  if (error.code !== 'EPIPE') throw error;
};
process.stderr.on('error', readerLeft);
const nobodyReads = new Promise((resolve) => {
  process.stdout.on('error', (error) => {
    readerLeft(error);
    resolve();
  });
});

try {
  await run(undefined, import.meta.url);
  await Promise.race([flush(), nobodyReads]);
} catch (error) {
  await handle(error);
}
