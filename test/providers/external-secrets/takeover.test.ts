import { expect, test } from 'vitest';
import { refuseTakeover } from '../../../src/providers/external-secrets/takeover.ts';
import { object, objectsWith } from './client-over.ts';

const id = ['team', 'database'];
const secretWith = (metadata: object) => objectsWith({ get: async () => object('Secret', { ...metadata }) });
const writtenBy = (...managers: string[]) => ({
  managedFields: managers.map((manager) => ({ manager, fieldsV1: { 'f:data': {} } })),
});
const ownedBy = (kind: string, name: string, apiVersion = 'external-secrets.io/v1') => ({
  ownerReferences: [{ apiVersion, kind, name, controller: true, uid: 'x' }],
});

test('nothing stands in the way where there is no such Secret', async () => {
  await expect(refuseTakeover(objectsWith({}), id, {})).resolves.toBeUndefined();
});

test.each(['Owner', 'Orphan'] as const)('%s refuses a Secret that somebody else wrote', async (creationPolicy) => {
  const objects = secretWith(writtenBy('kubectl'));
  await expect(refuseTakeover(objects, id, { creationPolicy })).rejects.toMatchObject({
    code: 'CONFLICT',
    message: 'Secret team/database was not made by this ExternalSecret, and External Secrets would wipe its other keys',
  });
});

test.each(['Merge', 'CreateOrMerge', 'None'] as const)('%s does not wipe, so it may', async (creationPolicy) => {
  await expect(refuseTakeover(secretWith(writtenBy('kubectl')), id, { creationPolicy })).resolves.toBeUndefined();
});

test('a Secret that an ExternalSecret of this name wrote alone is its own', async () => {
  const own = 'externalsecrets.external-secrets.io/database';
  await expect(refuseTakeover(secretWith(writtenBy(own)), id, {})).resolves.toBeUndefined();
  await expect(refuseTakeover(secretWith(writtenBy(own, 'kubectl')), id, {})).rejects.toThrow('wipe');
  await expect(refuseTakeover(secretWith(ownedBy('ExternalSecret', 'database')), id, {})).resolves.toBeUndefined();
});

test('a long name is told by its hash, as External Secrets writes it', async () => {
  const name = 'an-external-secret-with-a-rather-long-name';
  const manager = 'externalsecrets.external-secrets.io/sha3/433987b0c3bbc4ed14f8a07be2a7603c28df824e01ac8594cc41369e';
  await expect(refuseTakeover(secretWith(writtenBy(manager)), ['team', name], {})).resolves.toBeUndefined();
});

test('the Secret of another ExternalSecret is refused, whatever the policy', async () => {
  const objects = secretWith(ownedBy('ExternalSecret', 'first'));
  await expect(refuseTakeover(objects, id, { creationPolicy: 'Merge' })).rejects.toThrow(
    'Secret team/database is made by ExternalSecret first',
  );
});

test('the Secret of another controller is refused, and the controller is named', async () => {
  const objects = secretWith(ownedBy('Certificate', 'web', 'cert-manager.io/v1'));
  await expect(refuseTakeover(objects, id, {})).rejects.toThrow('Secret team/database belongs to Certificate web');
});

test('looks at the Secret that target.name means', async () => {
  const seen: string[] = [];
  const objects = objectsWith({
    get: async ({ namespace, name }) => {
      seen.push(`${namespace}/${name}`);
      return undefined;
    },
  });
  await refuseTakeover(objects, id, { name: 'other' });
  expect(seen).toEqual(['team/other']);
});
