import { once } from 'node:events';
import { LabError } from '../../src/errors.ts';
import { end } from './example.ts';
import type { SessionScript } from './session-process.ts';
import { openStore } from './session-store.ts';

// A run of lab, as another process: it says what it did, and dies as it is told.
const given: SessionScript = JSON.parse(process.argv[2] ?? '');
const store = await openStore(given);

const work = async (): Promise<void> => {
  const session = await store.open('apply');
  console.log('open');
  for (const [index, entry] of given.entries.entries()) {
    await session.append(entry);
    console.log(`appended ${index}`);
  }
  switch (given.ending) {
    case 'die':
      process.kill(process.pid, 'SIGKILL');
      return;
    case 'hold':
      await once(process, 'never');
      return;
    case 'on':
      await once(process.stdin, 'data');
      await session.append(end('on'));
      console.log('appended on');
      await session.close();
      console.log('closed');
      return;
    case 'close':
    case 'repeat':
      await session.close();
      console.log('closed');
      return;
  }
};

const workForEver = async (): Promise<void> => {
  for (let number = 1; ; number++) {
    const session = await store.open('apply');
    await Promise.all([session.append(end(`a${number}`)), session.append(end(`b${number}`))]);
    console.log(`appended ${number}`);
    await session.close();
  }
};

// A test that failed leaves nothing running: whoever started this process holds its stdin open.
process.stdin.once('end', () => process.exit(1));
console.log('ready');
await once(process.stdin, 'data');
try {
  await (given.ending === 'repeat' ? workForEver() : work());
} catch (error) {
  console.log(
    error instanceof LabError ? `${error.code} ${error.message} | ${error.detail.next}` : `bug ${String(error)}`,
  );
}
process.stdin.destroy();
