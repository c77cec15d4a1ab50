import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { manifestJsonSchema } from '../src/cli/schemas.ts';

/** Fails if schema/lab.schema.json is not what the schemas in src come to. */
const committed = fileURLToPath(new URL('../schema/lab.schema.json', import.meta.url));
const isSame = isDeepStrictEqual(JSON.parse(readFileSync(committed, 'utf8')), manifestJsonSchema());
console.log(
  isSame ? 'schema/lab.schema.json is up to date' : 'schema/lab.schema.json is stale: npm run schema, and commit it',
);
process.exitCode = isSame ? 0 : 1;
