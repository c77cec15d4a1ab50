import { describe, expect, test } from 'vitest';
import { faults } from './described.ts';
import { caller, sandbox, sdk } from './sandbox.ts';
import { descriptionOf, exampleOf, hasSpecs, missing, withoutSpecs } from './specs.ts';

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

const service = 'keyvault-secrets';

describe.runIf(hasSpecs(service))(`an official example, ${withoutSpecs},`, () => {
  test.each(Object.entries(arrangements))(
    '%s is answered as it says, and as the API is described',
    async (name, state) => {
      const example = await exampleOf(service, name);
      const { operations, definitions } = await descriptionOf(service);
      const box = await sandbox();
      const secretName = example.parameters['secret-name'] ?? 'listed';
      // Of the lists, the examples show the content type; of single secrets they do not.
      const options = name.startsWith('list') ? { contentType: 'plainText' } : {};
      const { properties } = await sdk(box).setSecret(secretName, 'mysecretvalue', options);
      if (state === 'deleted') await sdk(box).beginDeleteSecret(secretName);

      const { path, method, responses } = must(operations.get(example.operationId ?? ''));
      const filled = path.replace('{secret-name}', secretName).replace('{secret-version}', properties.version ?? '');
      const { maxresults, parameters } = example.parameters;
      const query = maxresults === undefined ? '' : `?maxresults=${maxresults}`;
      const { status, body } = await (await caller(box))(method, filled + query, parameters);

      const [expectedStatus, expected] = Object.entries(example.responses)[0] ?? [];
      expect(String(status)).toBe(expectedStatus);
      expect(missing(expected?.body, body)).toEqual([]);
      const schema = responses[String(status)]?.schema;
      if (schema !== undefined) expect(faults(schema, body, definitions)).toEqual([]);
      else expect(body).toBeUndefined();
    },
  );

  test('of an error has the described form', async () => {
    const { definitions } = await descriptionOf(service);
    const call = await caller(await sandbox());
    for (const { status, body } of [await call('GET', '/secrets/a/'), await call('PUT', '/secrets/a', {})]) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(faults({ $ref: '#/definitions/KeyVaultError' }, body, definitions)).toEqual([]);
    }
  });
});

const must = <T>(found: T | undefined): T => {
  if (found === undefined) throw new Error('the description does not have it');
  return found;
};
