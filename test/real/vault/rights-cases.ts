import { generateKeyPairSync } from 'node:crypto';
import { inject } from 'vitest';
import type { Resource } from '../../../src/engine/resource.ts';
import { createAuthority } from '../../../src/sandbox/certificates/authority.ts';
import { databaseUsers } from '../../support/database-users.ts';
import { resource } from '../../support/world.ts';
import { createUser, fromEnv } from './database.ts';
import { stranger } from './server.ts';

/** A part of a Vault whose whole life is gone through with a policy that lacks one line. */
export interface RightsCase {
  readonly name: string;
  /** What is applied, one after the other; the policy is computed from the last. `tag` ends every name. */
  readonly lives: (tag: string) => readonly (readonly Resource[])[];
  /** Between the first and the second: what an interrupted run or somebody else has left. */
  readonly meanwhile?: (tag: string) => Promise<void>;
  /** Before everything, and before the end. */
  readonly first?: (tag: string) => Promise<void>;
  readonly beforeEnd?: (tag: string) => Promise<void>;
}

const caCert = createAuthority('authority of a cluster').certificate;

const publicKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .publicKey.export({ type: 'spki', format: 'pem' })
  .toString();

const kv: RightsCase = {
  name: 'KV and policies',
  first: async (tag) => {
    const policy = 'length = 20\nrule "charset" { charset = "abc" }';
    await stranger('POST', `sys/policies/password/theirs-${tag}`, { policy });
  },
  lives: (tag) => {
    const mount = (description: string) => resource(`vault.mount/kv-${tag}`, { type: 'kv-v2', description });
    const rest = (versions: number, length: number, capability: string) => [
      resource(`vault.kv-config/kv-${tag}`, { maxVersions: versions }),
      resource(`vault.policy/app-${tag}`, { paths: { [`kv-${tag}/data/app`]: [capability] } }),
      resource(`vault.password-policy/words-${tag}`, {
        hcl: `length = ${length}\nrule "charset" {\n  charset = "abcdefghijklmnopqrstuvwxyz"\n}\n`,
      }),
    ];
    const secret = (value: string) =>
      resource(`vault.kv-secret/kv-${tag}/team%2Fapp`, { data: { password: fromEnv(value) } });
    return [
      [mount('before'), ...rest(5, 20, 'read'), secret('FIRST')],
      [mount('after'), ...rest(7, 24, 'list'), secret('SECOND')],
      [mount('after'), ...rest(7, 24, 'list')],
      [mount('after'), ...rest(7, 24, 'list'), secret('SECOND')],
    ];
  },
};

// While a device comes or goes, Vault may answer others 500: it cannot log.
const audit: RightsCase = {
  name: 'audit',
  lives: (tag) =>
    ['before', 'after'].map((description) => [
      resource(`vault.audit-device/log-${tag}`, { type: 'file', description, options: { file_path: 'discard' } }),
    ]),
};

const rolesOfOthers = async (tag: string): Promise<void> => {
  const group = (await stranger('GET', `identity/group/name/theirs-${tag}`)).body.data;
  const method = (await stranger('GET', `sys/auth/jwt-${tag}`)).body.data;
  await stranger('POST', 'identity/group-alias', {
    name: 'theirs',
    canonical_id: group?.id,
    // There is none where the right to make it was left out.
    mount_accessor: method?.accessor,
  });
  const accounts = { bound_service_account_names: ['c'], bound_service_account_namespaces: ['d'] };
  await stranger('POST', `auth/kubernetes-${tag}/role/theirs`, accounts);
  await stranger('POST', `auth/approle-${tag}/role/theirs`, { token_policies: ['default'] });
  await stranger('POST', `auth/jwt-${tag}/role/theirs`, {
    role_type: 'jwt',
    user_claim: 'sub',
    bound_audiences: ['theirs'],
  });
};

const auth: RightsCase = {
  name: 'auth methods and groups',
  first: async (tag) => {
    await stranger('POST', `identity/group/name/theirs-${tag}`, { type: 'external' });
  },
  meanwhile: rolesOfOthers,
  beforeEnd: rolesOfOthers,
  lives: (tag) => {
    const all = (ttl: string, policy: string) => [
      resource(`vault.auth-method/kubernetes-${tag}`, { type: 'kubernetes', defaultLeaseTtl: ttl }),
      resource(`vault.kubernetes-auth-config/kubernetes-${tag}`, { host: `https://${policy}.example`, caCert }),
      resource(`vault.kubernetes-auth-role/kubernetes-${tag}/eso`, {
        serviceAccountNames: ['*'],
        serviceAccountNamespaces: ['*'],
        policies: [policy],
        ttl,
      }),
      resource(`vault.auth-method/approle-${tag}`, { type: 'approle', defaultLeaseTtl: ttl }),
      resource(`vault.approle-role/approle-${tag}/ci`, { policies: [policy], ttl, noDefaultPolicy: true }),
      resource(`vault.approle-secret-id/approle-${tag}/ci/kubernetes/ci/approle-${tag}`, { ttl, renewBefore: '1m' }),
      resource(`vault.auth-method/jwt-${tag}`, { type: 'jwt', defaultLeaseTtl: ttl }),
      resource(`vault.jwt-auth-config/jwt-${tag}`, { publicKeys: [publicKey], issuer: `https://${policy}.example` }),
      resource(`vault.jwt-auth-role/jwt-${tag}/ci`, { policies: [policy], userClaim: 'sub', audiences: ['lab'] }),
      resource(`vault.identity-group/people-${tag}`, { type: 'external', policies: [policy] }),
      resource(`vault.identity-group-alias/people-${tag}`, { mount: `jwt-${tag}`, name: policy }),
    ];
    return [all('20m', 'before'), all('30m', 'after')];
  },
};

const database: RightsCase = {
  name: 'database',
  // Users of this life alone: Vault changes their passwords for good.
  first: async (tag) => {
    await stranger('POST', `sys/mounts/helper-${tag}`, { type: 'database' });
    await stranger('POST', `helper-${tag}/config/app`, {
      plugin_name: 'postgresql-database-plugin',
      connection_url: inject('servers').database.url,
      username: 'vault',
      password: databaseUsers.vault,
      allowed_roles: '*',
    });
    const users = ['root', 'static'].map(
      (name) => `CREATE ROLE "${name}-${tag}" LOGIN SUPERUSER PASSWORD 'first-password'`,
    );
    await stranger('POST', `helper-${tag}/roles/users`, {
      db_name: 'app',
      creation_statements: [...users, ...createUser],
    });
    await stranger('GET', `helper-${tag}/creds/users`);
    await stranger('DELETE', `sys/mounts/helper-${tag}`);
  },
  meanwhile: async (tag) => {
    await stranger('POST', `database-${tag}/config/app`, { lab_root_rotation: 'announced' });
  },
  // A user that dies with it.
  beforeEnd: async (tag) => {
    await stranger('GET', `database-${tag}/creds/app`);
  },
  lives: (tag) => {
    const engine = (ttl: string) => [
      resource(`vault.mount/database-${tag}`, { type: 'database', description: ttl }),
      resource(`vault.database-connection/database-${tag}/app`, {
        plugin: 'postgresql',
        url: inject('servers').database.url,
        username: `root-${tag}`,
        password: fromEnv('ROOT'),
        allowedRoles: ['*'],
        maxOpenConnections: ttl === '1h' ? 2 : 3,
      }),
      resource(`vault.database-role/database-${tag}/app`, { connection: 'app', create: createUser, ttl }),
    ];
    const later = (rotate: string) => [
      resource(`vault.database-static-role/database-${tag}/reporting`, {
        connection: 'app',
        username: `static-${tag}`,
        rotate,
      }),
      resource(`vault.database-root-rotation/database-${tag}/app`, { password: fromEnv('ROOT') }),
    ];
    return [engine('1h'), [...engine('2h'), ...later('24h')], [...engine('2h'), ...later('48h')]];
  },
};

const pki: RightsCase = {
  name: 'PKI',
  // A run that was cut off has left keys.
  meanwhile: async (tag) => {
    const key = { common_name: 'second', key_name: 'second', key_type: 'ec', key_bits: 256 };
    await stranger('POST', `root-${tag}/intermediate/generate/internal`, key);
    await stranger('POST', `int-${tag}/intermediate/generate/internal`, key);
  },
  lives: (tag) => {
    const mounts = (description: string) => [
      resource(`vault.mount/root-${tag}`, { type: 'pki', maxLeaseTtl: '87600h', description }),
      resource(`vault.mount/int-${tag}`, { type: 'pki', maxLeaseTtl: '8760h', description }),
    ];
    const root = { ttl: '87600h', key: 'ec-256' };
    const below = { signedBy: `root-${tag}/first`, ttl: '8760h', key: 'ec-256' };
    const rest = (expiry: string, url: string) => [
      resource(`vault.pki-issuer/root-${tag}/first`, { commonName: 'first root', ...root, leafNotAfter: 'truncate' }),
      resource(`vault.pki-issuer/root-${tag}/second`, { commonName: 'second root', ...root }),
      resource(`vault.pki-issuer/int-${tag}/first`, { commonName: 'first', ...below, default: true }),
      resource(`vault.pki-issuer/int-${tag}/second`, { commonName: 'second', ...below }),
      resource(`vault.pki-urls/int-${tag}`, { crlDistributionPoints: [url] }),
      resource(`vault.pki-crl/int-${tag}`, { expiry }),
      resource(`vault.pki-tidy/int-${tag}`, { enabled: true, certStore: true, safetyBuffer: expiry }),
      resource(`vault.pki-role/int-${tag}/lab`, {
        domains: ['lab.internal'],
        subdomains: true,
        maxTtl: expiry,
        key: 'ec-256',
      }),
    ];
    return [
      mounts('before'),
      [...mounts('before'), ...rest('72h', 'http://a.example')],
      [...mounts('after'), ...rest('48h', 'http://b.example')],
    ];
  },
};

/** Together every kind of Vault that needs a token. */
export const rightsCases: readonly RightsCase[] = [kv, audit, auth, database, pki];
