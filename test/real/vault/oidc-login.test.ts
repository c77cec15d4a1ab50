import { expect, onTestFinished, test } from 'vitest';
import { vault } from '../../../src/providers/vault/index.ts';
import { secret } from '../../../src/secrets/secret.ts';
import { fromSource } from '../../../src/secrets/source.ts';
import { startOidcProvider } from '../../servers/oidc-provider.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { applyAll, type Bench, deskFrom, resource } from '../../support/world.ts';
import { connect, stranger, uniqueName } from './server.ts';

const redirectUri = 'http://localhost:8250/oidc/callback';

test('a person logs in at the provider, and has the policies of the group that the provider names', async () => {
  const client = { id: 'vault-of-the-lab', secret: 'how+vault/proves=to~be-it' };
  const claims = { sub: 'u-1', email: 'mel@lab.example', groups: ['platform', 'cooks'] };
  const provider = await startOidcProvider(client, claims);
  onTestFinished(() => provider.close());
  const connection = await connect();
  onTestFinished(() => connection.close());
  const [mount, group, base] = [uniqueName('oidc'), uniqueName('platform'), uniqueName('people')];
  const given: Bench = {
    kinds: vault.kinds,
    connections: [connection],
    store: memoryStore(),
    desk: deskFrom({ CLIENT_SECRET: client.secret }, async (value) => secret(value)),
  };
  const result = await applyAll(given, [
    resource(`vault.auth-method/${mount}`, { type: 'oidc' }),
    resource(`vault.jwt-auth-config/${mount}`, {
      discoveryUrl: provider.issuer,
      clientId: client.id,
      clientSecret: fromSource({
        source: { from: 'env', name: 'CLIENT_SECRET' },
        onMissingSource: 'keep',
        onExternalChange: 'keep',
        at: 'lab.yaml:1:1',
      }),
      defaultRole: 'people',
    }),
    resource(`vault.policy/${group}`, { paths: { 'secret/data/platform': ['read'] } }),
    resource(`vault.policy/${base}`, { paths: { 'secret/data/people': ['read'] } }),
    resource(`vault.identity-group/${group}`, { type: 'external', policies: [group] }),
    resource(`vault.identity-group-alias/${group}`, { mount, name: 'platform' }),
    resource(`vault.jwt-auth-role/${mount}/people`, {
      type: 'oidc',
      policies: [base],
      userClaim: 'email',
      groupsClaim: 'groups',
      claims: { groups: ['cooks'] },
      redirectUris: [redirectUri],
    }),
  ]);
  expect(result.diagnostics).toEqual([]);

  const asked = { role: 'people', redirect_uri: redirectUri };
  const { body: sent } = await stranger('POST', `auth/${mount}/oidc/auth_url`, asked, '');
  const { code, state } = provider.authorize(sent.data.auth_url);
  const query = new URLSearchParams({ code, state });
  const { body } = await stranger('GET', `auth/${mount}/oidc/callback?${query.toString()}`, undefined, '');
  expect(body.auth).toMatchObject({
    policies: [base, 'default', group].toSorted(),
    token_policies: [base, 'default'].toSorted(),
    identity_policies: [group],
    metadata: { role: 'people' },
  });
});
