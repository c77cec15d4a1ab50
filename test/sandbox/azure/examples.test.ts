import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Described, faults } from './described.ts';
import { caller, sandbox, sdk } from './sandbox.ts';

// The API description and the examples of Azure/azure-rest-api-specs. They are not part of this repository; the checks run
// where they are: in the folder that LAB_TEST_SPECS names, or beside the repository.
const folder = join(
  process.env['LAB_TEST_SPECS'] ?? join(import.meta.dirname, '../../../../shared/specs'),
  'azure/keyvault-secrets',
);

const exampleShape = z.object({
  operationId: z.string(),
  parameters: z.looseObject({
    'secret-name': z.string().optional(),
    'secret-version': z.string().optional(),
    maxresults: z.number().optional(),
    parameters: z.unknown().optional(),
  }),
  responses: z.record(z.string(), z.object({ body: z.unknown().optional() })),
});

const operationShape = z.object({ operationId: z.string(), responses: z.record(z.string(), z.looseObject({})) });
const descriptionShape = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), operationShape)),
  definitions: z.record(z.string(), z.custom<Described>()),
});

const read = async <T>(shape: z.ZodType<T>, file: string): Promise<T> =>
  shape.parse(JSON.parse(await readFile(join(folder, file), 'utf8')));

/** What must be there for an example to make sense. */
const arrangements: Readonly<Record<string, 'present' | 'deleted'>> = {
  set: 'present',
  get: 'present',
  'get-versions': 'present',
  update: 'present',
  delete: 'present',
  list: 'present',
  'list-deleted': 'deleted',
  'get-deleted': 'deleted',
  'recover-deleted': 'deleted',
  'purge-deleted': 'deleted',
};

const isThere = existsSync(join(folder, 'openapi.json'));

describe.runIf(isThere)('an official example', () => {
  test.each(Object.entries(arrangements))(
    '%s is answered as it says, and as the API is described',
    async (name, state) => {
      const example = await read(exampleShape, `${name}.json`);
      const { paths, definitions } = await read(descriptionShape, 'openapi.json');
      const box = await sandbox();
      const secretName = example.parameters['secret-name'] ?? 'listed';
      // Of the lists, the examples show the content type; of single secrets they do not.
      const options = name.startsWith('list') ? { contentType: 'plainText' } : {};
      const { properties } = await sdk(box).setSecret(secretName, 'mysecretvalue', options);
      if (state === 'deleted') await sdk(box).beginDeleteSecret(secretName);

      const [[path, method, operation] = ['', '', undefined]] = Object.entries(paths).flatMap(([at, methods]) =>
        Object.entries(methods)
          .filter(([, { operationId }]) => operationId === example.operationId)
          .map(([verb, found]) => [at, verb, found] as const),
      );
      const filled = path.replace('{secret-name}', secretName).replace('{secret-version}', properties.version ?? '');
      const { maxresults, parameters } = example.parameters;
      const query = maxresults === undefined ? '' : `?maxresults=${maxresults}`;
      const { status, body } = await (await caller(box))(method.toUpperCase(), filled + query, parameters);

      const [expectedStatus, expected] = Object.entries(example.responses)[0] ?? [];
      expect(String(status)).toBe(expectedStatus);
      expect(missing(expected?.body, body, '')).toEqual([]);
      const schema = operation?.responses[String(status)]?.['schema'];
      if (schema !== undefined) expect(faults(z.custom<Described>().parse(schema), body, definitions)).toEqual([]);
      else expect(body).toBeUndefined();
    },
  );

  test('of an error has the described form', async () => {
    const { definitions } = await read(descriptionShape, 'openapi.json');
    const call = await caller(await sandbox());
    for (const { status, body } of [await call('GET', '/secrets/a/'), await call('PUT', '/secrets/a', {})]) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(faults({ $ref: '#/definitions/KeyVaultError' }, body, definitions)).toEqual([]);
    }
  });
});

test('the official examples are looked for in a folder, not in the repository', () => {
  expect(folder.endsWith(join('azure', 'keyvault-secrets'))).toBe(true);
  expect(Object.keys(arrangements)).toHaveLength(10);
});

/** Members of an example that an answer lacks, or has with another type. */
const missing = (example: unknown, answer: unknown, at: string): string[] => {
  if (typeof example !== typeof answer || Array.isArray(example) !== Array.isArray(answer)) return [at];
  if (typeof example !== 'object' || example === null || typeof answer !== 'object' || answer === null) return [];
  return Object.entries(example).flatMap(([key, value]) =>
    key in answer ? missing(value, Reflect.get(answer, key), `${at}.${key}`) : [`${at}.${key}`],
  );
};
