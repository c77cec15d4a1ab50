// oclif lists commands as the file system does; sorted, the file is the same on every machine.
import { readFile, writeFile } from 'node:fs/promises';

const file = new URL('../oclif.manifest.json', import.meta.url);
const { commands, ...rest } = JSON.parse(await readFile(file, 'utf8'));
const sorted = Object.fromEntries(Object.entries(commands).toSorted(([left], [right]) => (left < right ? -1 : 1)));
await writeFile(file, `${JSON.stringify({ commands: sorted, ...rest }, null, 2)}\n`);
