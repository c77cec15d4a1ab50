import { expect, test } from 'vitest';
import { managedIdentity } from '../../../src/providers/azure/arm/managed-identity.ts';
import { resourceGroup } from '../../../src/providers/azure/arm/resource-group.ts';
import { roleAssignment } from '../../../src/providers/azure/arm/role-assignment.ts';
import { sandbox, subscription, tenant } from './sandbox.ts';
import { clientOf } from './stub-vault.ts';

test('an identity that the directory does not get to know in time is named, and the next run goes on', async () => {
  const box = await sandbox({
    vaults: [],
    principal: (id) => (id === 'the-client-id' ? { clientId: id, clientSecret: 'the-client-secret' } : undefined),
    quirks: { stalePrincipals: 4 },
  });
  const loopback = { port: box.port, ca: box.caPem };
  // Three tries, where a real run goes on for two minutes.
  const client = clientOf({ loopback }, { config: { tenant, subscription, loopback }, pauses: [0, 0] });
  const made = { live: { exists: 'no' } as const, fingerprints: {}, removed: [], mark: 'test/unit/1' };
  await resourceGroup.bind(client).write({ ...made, id: ['lab'], spec: { location: 'westeurope' } });
  await managedIdentity.bind(client).write({ ...made, id: ['lab', 'eso'], spec: {} });
  const found = await managedIdentity.bind(client).read(['lab', 'eso'], {});
  const spec = { principalId: found.exists === 'yes' ? (found.outputs['principalId'] ?? '') : '' };
  const waits: string[] = [];
  const assign = () =>
    roleAssignment.bind(client).write({
      ...made,
      id: ['lab', 'eso', 'Key Vault Secrets User'],
      spec,
      waiting: (because) => waits.push(because),
    });
  await expect(assign()).rejects.toMatchObject({
    code: 'NOT_SETTLED',
    message: expect.stringContaining('PrincipalNotFound'),
    detail: { next: 'Entra ID has not heard of a new identity yet: run it again in a minute.' },
  });
  expect(waits).toEqual(['the directory does not know eso yet', 'the directory does not know eso yet']);
  await assign();
});
