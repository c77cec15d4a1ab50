import { setTimeout as sleep } from 'node:timers/promises';
import { stoppable } from '../../src/cli/signals.ts';
import { LabError } from '../../src/errors.ts';

// A process for signals.test.ts: says on stdout what the signals that it gets come to.
const say = (text: string) => process.stdout.write(`${text}\n`);

try {
  await stoppable(process.argv[2] === 'finish' ? () => say('finishing') : undefined, async ({ stop, abort }) => {
    say('ready');
    stop.addEventListener('abort', async () => {
      say('stop');
      await sleep(200);
      if (!abort.aborted) say('still at work');
    });
    await sleep(20_000, undefined, { signal: abort });
  });
} catch (error) {
  say(error instanceof LabError ? error.code : 'a bug');
}
