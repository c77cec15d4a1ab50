import { generateKeyPairSync } from 'node:crypto';
import type { Fields } from '../../../src/engine/value.ts';
import { vault } from '../../../src/providers/vault/index.ts';
import { describeKind } from '../../support/kind-contract.ts';
import { resource } from '../../support/world.ts';
import { connect, stranger, uniqueName } from './server.ts';

const { kinds } = vault;
const opened = async () => [await connect()];

describeKind('vault.audit-device', async () => {
  const path = uniqueName('audit');
  const at = (spec: Fields) =>
    resource(`vault.audit-device/${path}`, { type: 'file', options: { file_path: 'discard' }, ...spec });
  return {
    connect: opened,
    kinds,
    example: [at({ description: 'who did what' })],
    changed: at({ description: 'who did what', options: { file_path: 'discard', hmac_accessor: 'false' } }),
    changes: ['options.hmac_accessor'],
  };
});

describeKind('vault.password-policy', async () => {
  const name = uniqueName('Passwords');
  const at = (length: number) =>
    resource(`vault.password-policy/${name}`, {
      hcl: `length = ${length}\nrule "charset" {\n  charset = "abcdefghijklmnopqrstuvwxyz"\n}\n`,
    });
  return { connect: opened, kinds, example: [at(20)], changed: at(24), changes: ['hcl'] };
});

describeKind('vault.identity-group', async () => {
  const name = uniqueName('People');
  const at = (spec: Fields) =>
    resource(`vault.identity-group/${name}`, { type: 'internal', policies: ['Dev', 'ops'], ...spec });
  return {
    connect: opened,
    kinds,
    example: [at({ metadata: { team: 'lab' } })],
    changed: at({ metadata: { team: 'lab' }, policies: ['Dev'] }),
    changes: ['policies'],
    without: { resource: at({}), field: 'metadata' },
    stranger: {
      add: async () => {
        const { body } = await stranger('POST', 'identity/group', { name: uniqueName('inner') });
        await stranger('POST', `identity/group/name/${name}`, { member_group_ids: [body.data.id] });
      },
      isThere: async () =>
        (await stranger('GET', `identity/group/name/${name}`)).body.data.member_group_ids?.length === 1,
    },
  };
});

describeKind('vault.identity-group-alias', async () => {
  const [group, mount, other] = [uniqueName('Devs'), uniqueName('jwt'), uniqueName('oidc')];
  const at = (spec: Fields) => resource(`vault.identity-group-alias/${group}`, { mount, name: 'devs', ...spec });
  return {
    connect: opened,
    kinds,
    example: [
      resource(`vault.auth-method/${mount}`, { type: 'jwt' }),
      resource(`vault.auth-method/${other}`, { type: 'jwt' }),
      resource(`vault.identity-group/${group}`, { type: 'external', policies: ['dev'] }),
      at({}),
    ],
    changed: at({ mount: other, name: 'developers' }),
    changes: ['mount', 'name'],
  };
});

describeKind('vault.approle-role', async () => {
  const mount = uniqueName('approle');
  const at = (spec: Fields) => resource(`vault.approle-role/${mount}/CI`, { policies: ['CI'], ttl: '15m', ...spec });
  return {
    connect: opened,
    kinds,
    example: [
      resource(`vault.auth-method/${mount}`, { type: 'approle' }),
      at({
        maxTtl: '1h',
        period: '30m',
        noDefaultPolicy: true,
        networks: ['10.0.0.1/32', '10.1.0.0/16'],
        secretIdTtl: '24h',
        secretIdUses: 5,
        secretIdNetworks: ['10.0.0.0/8'],
      }),
    ],
    changed: at({ maxTtl: '2h', policies: ['ci', 'deploy'], networks: ['10.0.0.1'], secretIdUses: 0 }),
    changes: [
      'maxTtl',
      'policies',
      'networks',
      'secretIdUses',
      'period',
      'noDefaultPolicy',
      'secretIdTtl',
      'secretIdNetworks',
    ],
    without: { resource: at({ maxTtl: '1h' }), field: 'secretIdTtl' },
    stranger: {
      add: async () => {
        await stranger('POST', `auth/${mount}/role/ci`, { token_num_uses: 3 });
      },
      isThere: async () => (await stranger('GET', `auth/${mount}/role/ci`)).body.data.token_num_uses === 3,
    },
  };
});

const publicKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' }).toString();

describeKind('vault.jwt-auth-config', async () => {
  const mount = uniqueName('jwt');
  const publicKeys = [publicKey()];
  const at = (spec: Fields) => resource(`vault.jwt-auth-config/${mount}`, { publicKeys, ...spec });
  return {
    connect: opened,
    kinds,
    example: [
      resource(`vault.auth-method/${mount}`, { type: 'jwt' }),
      at({ issuer: 'https://ci.example', defaultRole: 'ci' }),
    ],
    changed: at({ issuer: 'https://other.example', defaultRole: 'ci', publicKeys: [publicKey()] }),
    changes: ['issuer', 'publicKeys'],
    without: { resource: at({ issuer: 'https://ci.example' }), field: 'defaultRole' },
  };
});

describeKind('vault.jwt-auth-role', async () => {
  const mount = uniqueName('jwt');
  const at = (spec: Fields) =>
    resource(`vault.jwt-auth-role/${mount}/CI`, {
      policies: ['ci'],
      userClaim: 'sub',
      audiences: ['vault', 'lab'],
      ...spec,
    });
  return {
    connect: opened,
    kinds,
    example: [
      resource(`vault.auth-method/${mount}`, { type: 'jwt' }),
      at({
        ttl: '10m',
        subject: 'job',
        claims: { ref: 'refs/heads/main', repository: ['b', 'a'] },
        claimsType: 'glob',
        groupsClaim: 'groups',
        claimMappings: { ref: 'ref' },
      }),
    ],
    changed: at({
      ttl: '20m',
      subject: 'job',
      claims: { ref: ['refs/heads/*'] },
      claimsType: 'glob',
      groupsClaim: 'groups',
    }),
    changes: ['ttl', 'claims.ref', 'claims.repository', 'claimMappings'],
    without: { resource: at({ ttl: '10m' }), field: 'claims' },
    stranger: {
      add: async () => {
        await stranger('POST', `auth/${mount}/role/ci`, {
          role_type: 'jwt',
          bound_claims_type: 'glob',
          clock_skew_leeway: 30,
        });
      },
      isThere: async () => (await stranger('GET', `auth/${mount}/role/ci`)).body.data.clock_skew_leeway === 30,
    },
  };
});
