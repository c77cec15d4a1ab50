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

try {
  await run(undefined, import.meta.url);
  await flush();
} catch (error) {
  await handle(error);
}
