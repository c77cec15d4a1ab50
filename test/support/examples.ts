import { cp } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

const examples = new URL('../../examples/', import.meta.url);

/** Copies an example to a folder of a test's own, less what somebody's rehearsal has left in this checkout. */
export const copyExample = (name: string, to: string): Promise<void> =>
  cp(fileURLToPath(new URL(name, examples)), to, { recursive: true, filter: (path) => basename(path) !== '.lab' });
