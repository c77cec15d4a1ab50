import { expect, test } from 'vitest';
import { setStage, tenant } from './bench.ts';
import { awsChain, azureChain, reading } from './resources.ts';

const azurekv = {
  authType: 'WorkloadIdentity',
  tenantId: tenant,
  vaultUrl: 'https://chain-kv.vault.azure.net',
  serviceAccountRef: { name: 'azure', namespace: 'eso' },
};

// The directory, the vault, Entra and STS hear late of what is new, and every fifth call is one too many.
test('apply converges on a bad day of both clouds, and says what it waits for', async () => {
  const stage = await setStage(
    { stalePrincipals: 2, staleAssignments: 2, staleCredentials: 1, throttleEvery: 5, retryAfter: 0 },
    { staleLooks: 2, staleRoles: 1, throttleEvery: 5 },
  );
  const resources = [
    ...azureChain(),
    ...awsChain().filter(({ address }) => address !== 'kubernetes.namespace/eso'),
    ...reading({ azurekv }, 'team-app'),
  ];
  const { failed, diagnostics, events } = await stage.apply(resources);
  expect({ failed, diagnostics }).toEqual({ failed: [], diagnostics: [] });
  const waits = new Set(events.flatMap((event) => (event.type === 'waiting' ? event.for : [])));
  expect([...waits]).toEqual(
    expect.arrayContaining([
      'the directory does not know eso yet',
      'the vault chain-kv has not heard of the role of self yet',
      'IAM has not told all its servers of the role eso yet; that takes seconds',
    ]),
  );
  expect((await stage.plan(resources)).summary).toMatchObject({ none: resources.length });
  expect(await stage.apply(resources)).toMatchObject({ failed: [], done: [] });
}, 120_000);
