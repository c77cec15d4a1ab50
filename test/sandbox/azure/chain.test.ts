import { describe, expect, test, vi } from 'vitest';
import { type Links, startChain } from './chain.ts';

const synced = { password: Buffer.from('of the app').toString('base64') };
const vaultScope = '/providers/Microsoft.KeyVault/vaults';

describe('the chain from a service account to a secret in a key vault', () => {
  test('holds where every link is right', async () => {
    const chain = await startChain();
    await vi.waitFor(() => expect(chain.synced()).toEqual(synced));
  });

  test.each(['', `${vaultScope}/chain-kv`, `${vaultScope}/chain-kv/secrets/team-app`])(
    'holds with the role at %j, which counts for everything below',
    async (scope) => {
      const chain = await startChain({ scope });
      await vi.waitFor(() => expect(chain.synced()).toEqual(synced));
    },
  );

  test.each<[string, Links, string]>([
    [
      'the issuer has a slash too many',
      { issuer: 'https://kubernetes.default.svc/' },
      "AADSTS700211: No matching federated identity record found for presented assertion issuer 'https://kubernetes.default.svc'.",
    ],
    [
      'the subject is another service account',
      { subject: 'system:serviceaccount:eso:writer' },
      "AADSTS700213: No matching federated identity record found for presented assertion subject 'system:serviceaccount:eso:reader'.",
    ],
    [
      'the subject is spelt otherwise',
      { subject: 'system:serviceaccount:ESO:reader' },
      "AADSTS700213: No matching federated identity record found for presented assertion subject 'system:serviceaccount:eso:reader'.",
    ],
    [
      'the audience is another',
      { audience: 'lab' },
      "AADSTS700212: No matching federated identity record found for presented assertion audience 'api://AzureADTokenExchange'.",
    ],
    [
      'the identity has no federated credential',
      { credential: null },
      'AADSTS70021: No matching federated identity record found for presented assertion.',
    ],
    [
      'the annotation is missing',
      { clientId: null },
      "missing clientID: either serviceAccountRef or service account annotation 'azure.workload.identity/client-id' is missing",
    ],
    [
      'the annotation names nobody',
      { clientId: '00000000-0000-0000-0000-00000000000f' },
      "AADSTS700016: Application with identifier '00000000-0000-0000-0000-00000000000f' was not found in the directory",
    ],
    [
      'there is no role',
      { role: 'none' },
      'Forbidden (ForbiddenByRbac): Caller is not authorized to perform action on resource.',
    ],
    [
      'the role is on another secret',
      { scope: `${vaultScope}/chain-kv/secrets/team-db` },
      'Forbidden (ForbiddenByRbac): Caller is not authorized to perform action on resource.',
    ],
    [
      'the role is on another vault',
      { scope: `${vaultScope}/other-kv` },
      "Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'",
    ],
    [
      'two client ids are named',
      { store: { authSecretRef: { clientId: { name: 'login', key: 'id', namespace: 'eso' } } } },
      'multiple clientID found. Check secretRef and serviceAccountRef',
    ],
    ['two tenants are named', { store: { tenantId: 'another' } }, 'multiple tenantID found.'],
    ['the vault is soft-deleted', { vaultDeleted: true }, 'ResourceNotFound: sandbox: there is no key vault'],
  ])('fails where %s', async (_, links, says) => {
    const chain = await startChain(links);
    await vi.waitFor(() => expect(chain.events().join('\n')).toContain(says));
    expect(chain.synced()).toBeUndefined();
  });

  test('fails until Azure has heard of what is new, and then holds', async () => {
    const chain = await startChain({}, { staleCredentials: 3, staleAssignments: 3 });
    await vi.waitFor(() => expect(chain.synced()).toEqual(synced));
    const events = chain.events().join('\n');
    expect(events).toContain('AADSTS70021: ');
    expect(events).toContain('Forbidden (ForbiddenByRbac): ');
  });
});
