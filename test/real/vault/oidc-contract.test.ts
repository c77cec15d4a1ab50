import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Fields } from '../../../src/engine/value.ts';
import { verify } from '../../../src/engine/verify.ts';
import { vault } from '../../../src/providers/vault/index.ts';
import { secret } from '../../../src/secrets/secret.ts';
import { fromSource } from '../../../src/secrets/source.ts';
import { type OidcProvider, startOidcProvider } from '../../servers/oidc-provider.ts';
import { describeKind } from '../../support/kind-contract.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { applyAll, type Bench, deskFrom, plan, planOptions, resource, worldOf } from '../../support/world.ts';
import { connect, stranger, uniqueName } from './server.ts';

const { kinds } = vault;
const client = { id: 'vault-of-the-lab', secret: 'how+vault/proves=to~be-it' };
const redirectUri = 'http://localhost:8250/oidc/callback';

let provider: OidcProvider;
beforeAll(async () => {
  const claims = { sub: 'u-1', email: 'mel@lab.example', groups: ['platform', 'cooks'] };
  provider = await startOidcProvider(client, claims);
});
afterAll(() => provider.close());

const clientSecret = (name = 'CLIENT_SECRET') =>
  fromSource({ source: { from: 'env', name }, onMissingSource: 'keep', onExternalChange: 'keep', at: 'lab.yaml:1:1' });

const configAt = (mount: string, spec: Fields = {}) =>
  resource(`vault.jwt-auth-config/${mount}`, {
    discoveryUrl: provider.issuer,
    clientId: client.id,
    clientSecret: clientSecret(),
    ...spec,
  });

describeKind('vault.jwt-auth-config with a client', async () => {
  const mount = uniqueName('oidc');
  return {
    connect: async () => [await connect()],
    kinds,
    example: [resource(`vault.auth-method/${mount}`, { type: 'oidc' }), configAt(mount, { defaultRole: 'people' })],
    changed: configAt(mount, { clientId: 'another', clientSecret: clientSecret('OTHER_SECRET'), defaultRole: 'all' }),
    changes: ['clientId', 'clientSecret', 'defaultRole'],
    without: { resource: configAt(mount), field: 'defaultRole' },
    env: { CLIENT_SECRET: client.secret, OTHER_SECRET: 'another+secret/of=the~client' },
  };
});

describeKind('vault.jwt-auth-role of people', async () => {
  const mount = uniqueName('oidc');
  const at = (spec: Fields) =>
    resource(`vault.jwt-auth-role/${mount}/People`, {
      type: 'oidc',
      policies: ['people'],
      userClaim: 'email',
      redirectUris: [redirectUri],
      ...spec,
    });
  const claims = { email_verified: 'true' };
  return {
    connect: async () => [await connect()],
    kinds,
    example: [
      resource(`vault.auth-method/${mount}`, { type: 'oidc' }),
      at({ ttl: '1h', scopes: ['profile', 'groups'], groupsClaim: 'groups', claims }),
    ],
    changed: at({ ttl: '2h', redirectUris: [redirectUri, 'https://vault.example/ui/callback'], groupsClaim: 'groups' }),
    changes: ['ttl', 'redirectUris', 'scopes', 'claims'],
    without: { resource: at({ ttl: '1h', groupsClaim: 'groups', claims }), field: 'scopes' },
  };
});

const bench = async (env: Record<string, string> = { CLIENT_SECRET: client.secret }): Promise<Bench> => {
  const connection = await connect();
  onTestFinished(() => connection.close());
  const desk = deskFrom(env, async (value) => secret(value));
  return { kinds, connections: [connection], store: memoryStore(), desk };
};

/** An auth method for people, whose group `platform` of the provider has a policy. */
const people = (names: { mount: string; policy: string }) => [
  resource(`vault.auth-method/${names.mount}`, { type: 'oidc' }),
  configAt(names.mount, { defaultRole: 'people' }),
  resource(`vault.policy/${names.policy}`, { paths: { 'secret/data/platform': ['read'] } }),
  resource(`vault.identity-group/${names.policy}`, { type: 'external', policies: [names.policy] }),
  resource(`vault.identity-group-alias/${names.policy}`, { mount: names.mount, name: 'platform' }),
  resource(`vault.jwt-auth-role/${names.mount}/people`, {
    type: 'oidc',
    policies: ['default'],
    userClaim: 'email',
    groupsClaim: 'groups',
    scopes: ['groups'],
    redirectUris: [redirectUri],
  }),
];

const names = () => ({ mount: uniqueName('oidc'), policy: uniqueName('platform') });

test('verify proves that Vault sends people to the provider', async () => {
  const [given, named] = [await bench(), names()];
  expect((await applyAll(given, people(named))).diagnostics).toEqual([]);
  const report = await verify(await worldOf(given, people(named)), planOptions, () => {});
  const proven = report.verified.find(({ address }) => address.startsWith('vault.jwt-auth-role/'));
  const { host } = new URL(provider.issuer);
  expect(proven?.probes).toEqual([{ is: 'proven', check: `login page: Vault sends people to the provider, ${host}` }]);
});

test('a client secret that has to be sent again and has no value now is not erased', async () => {
  const [given, named] = [await bench(), names()];
  await applyAll(given, people(named));
  const without: Bench = { ...given, desk: deskFrom({}, async (value) => secret(value)) };
  expect((await plan(without, people(named))).summary).toMatchObject({ update: 0, blocked: 0 });
  const changed = people(named).map((one) =>
    one.kind === 'vault.jwt-auth-config' ? configAt(named.mount, { defaultRole: 'other' }) : one,
  );
  const result = await applyAll(without, changed);
  expect(result.diagnostics).toMatchObject([
    { code: 'MISSING_SOURCE', message: expect.stringContaining('clientSecret') },
  ]);
  const { body } = await stranger('GET', `auth/${named.mount}/config`);
  expect(body.data).toMatchObject({ oidc_client_id: client.id, default_role: 'people' });
});

test('a configuration without its client, and people without a way back, are refused before anything is sent', async () => {
  const given = await bench();
  const told = async (one: ReturnType<typeof resource>) =>
    (await plan(given, [one])).diagnostics.map(({ message }) => message);
  const at = (kind: string, spec: Fields) => resource(`vault.${kind}`, spec);
  const keys = { discoveryUrl: provider.issuer };
  const role = { policies: ['p'], userClaim: 'sub' };
  expect(await told(at('jwt-auth-config/m', { ...keys, clientId: 'x' }))).toEqual([
    expect.stringContaining('clientId and clientSecret need each other'),
  ]);
  expect(
    await told(at('jwt-auth-config/m', { publicKeys: ['k'], clientId: 'x', clientSecret: clientSecret() })),
  ).toEqual([expect.stringContaining('a client needs discoveryUrl')]);
  expect(await told(at('jwt-auth-role/m/r', { ...role, type: 'oidc' }))).toEqual([
    expect.stringContaining('must have redirectUris'),
  ]);
  expect(await told(at('jwt-auth-role/m/r', { ...role, subject: 's', redirectUris: [redirectUri] }))).toEqual([
    expect.stringContaining('belong to type oidc'),
  ]);
});
