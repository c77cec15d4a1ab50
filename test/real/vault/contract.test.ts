import { readFile } from 'node:fs/promises';
import { inject } from 'vitest';
import type { Fields } from '../../../src/engine/value.ts';
import { vault } from '../../../src/providers/vault/index.ts';
import { fromSource } from '../../../src/secrets/source.ts';
import { describeKind } from '../../support/kind-contract.ts';
import { resource } from '../../support/world.ts';
import { connect, stranger, uniqueName } from './server.ts';

const { kinds } = vault;
const opened = async () => [await connect()];

const mountAt = (path: string, spec: Fields = {}) => resource(`vault.mount/${path}`, { type: 'kv-v2', ...spec });
const methodAt = (path: string, spec: Fields = {}) =>
  resource(`vault.auth-method/${path}`, { type: 'kubernetes', ...spec });

/** A setting that lab knows nothing of, put on a mount or an auth method by somebody else. */
const tuned = (path: string) => ({
  add: async () => {
    await stranger('POST', `${path}/tune`, { listing_visibility: 'unauth' });
  },
  isThere: async () => (await stranger('GET', `${path}/tune`)).body.data.listing_visibility === 'unauth',
});

describeKind('vault.mount', async () => {
  const path = uniqueName('mount');
  return {
    connect: opened,
    kinds,
    example: [mountAt(path, { description: 'Secrets of the lab', maxLeaseTtl: '2h' })],
    changed: mountAt(path, { description: 'Secrets of the team', maxLeaseTtl: '2h' }),
    changes: ['description'],
    without: { resource: mountAt(path, { description: 'Secrets of the lab' }), field: 'maxLeaseTtl' },
    stranger: tuned(`sys/mounts/${path}`),
  };
});

describeKind('vault.auth-method', async () => {
  const path = uniqueName('method');
  return {
    connect: opened,
    kinds,
    example: [methodAt(path, { description: 'Logins of the cluster', defaultLeaseTtl: '20m' })],
    changed: methodAt(path, { description: 'Logins of the cluster', defaultLeaseTtl: '1h' }),
    changes: ['defaultLeaseTtl'],
    without: { resource: methodAt(path, { defaultLeaseTtl: '20m' }), field: 'description' },
    stranger: tuned(`sys/auth/${path}`),
  };
});

describeKind('vault.kv-config', async () => {
  const mount = uniqueName('config');
  const at = (spec: Fields) => resource(`vault.kv-config/${mount}`, spec);
  return {
    connect: opened,
    kinds,
    example: [mountAt(mount), at({ maxVersions: 5, deleteVersionAfter: '3h' })],
    changed: at({ maxVersions: 7, deleteVersionAfter: '3h' }),
    changes: ['maxVersions'],
    without: { resource: at({ maxVersions: 5 }), field: 'deleteVersionAfter' },
    stranger: {
      add: async () => {
        await stranger('POST', `${mount}/config`, { cas_required: true });
      },
      isThere: async () => (await stranger('GET', `${mount}/config`)).body.data.cas_required === true,
    },
  };
});

describeKind('vault.policy of paths', async () => {
  const name = uniqueName('Policy');
  const at = (paths: Fields) => resource(`vault.policy/${name}`, { paths });
  const read = { 'secret/data/app/*': ['read', 'list'] };
  return {
    connect: opened,
    kinds,
    example: [at({ ...read, 'secret/metadata/app/"q\\u"/${x': ['read'] })],
    changed: at({ ...read, 'secret/metadata/app/"q\\u"/${x': ['read', 'delete'] }),
    changes: ['paths["secret/metadata/app/\\"q\\\\u\\"/${x"]'],
    without: { resource: at(read), field: 'paths["secret/metadata/app/\\"q\\\\u\\"/${x"]' },
  };
});

describeKind('vault.policy of text', async () => {
  const name = uniqueName('policy');
  const at = (hcl: string) => resource(`vault.policy/${name}`, { hcl });
  return {
    connect: opened,
    kinds,
    example: [at('  path "a/*" { capabilities = ["read"] } # all of a\n\n')],
    changed: at('path "a/*" {\n  capabilities = ["read"]\n  min_wrapping_ttl = "1s"\n}\n'),
    changes: ['hcl'],
  };
});

const certificateAuthority = () => readFile(inject('servers').caFile, 'utf8');

describeKind('vault.kubernetes-auth-config', async () => {
  const mount = uniqueName('cluster');
  const caCert = await certificateAuthority();
  const at = (spec: Fields) => resource(`vault.kubernetes-auth-config/${mount}`, { caCert, ...spec });
  return {
    connect: opened,
    kinds,
    example: [methodAt(mount), at({ host: 'https://kubernetes.example', issuer: 'https://issuer.example' })],
    changed: at({ host: 'https://other.example', issuer: 'https://issuer.example' }),
    changes: ['host'],
    without: { resource: at({ host: 'https://kubernetes.example' }), field: 'issuer' },
    stranger: {
      add: async () => {
        const { body } = await stranger('GET', `auth/${mount}/config`);
        await stranger('POST', `auth/${mount}/config`, { ...body.data, disable_iss_validation: false });
      },
      isThere: async () => (await stranger('GET', `auth/${mount}/config`)).body.data.disable_iss_validation === false,
    },
  };
});

describeKind('vault.kubernetes-auth-role', async () => {
  const mount = uniqueName('roles');
  const at = (spec: Fields) =>
    resource(`vault.kubernetes-auth-role/${mount}/External-Secrets`, {
      serviceAccountNames: ['external-secrets', 'eso'],
      serviceAccountNamespaces: ['external-secrets'],
      policies: ['Reader', 'app'],
      ...spec,
    });
  return {
    connect: opened,
    kinds,
    example: [methodAt(mount), at({ ttl: '20m', audience: 'vault', period: '1h' })],
    changed: at({ ttl: '30m', audience: 'vault', period: '1h', policies: ['app'] }),
    changes: ['ttl', 'policies'],
    without: { resource: at({ ttl: '20m', period: '1h' }), field: 'audience' },
    stranger: {
      add: async () => {
        await stranger('POST', `auth/${mount}/role/external-secrets`, { token_num_uses: 3 });
      },
      isThere: async () =>
        (await stranger('GET', `auth/${mount}/role/external-secrets`)).body.data.token_num_uses === 3,
    },
  };
});

describeKind('vault.kv-secret', async () => {
  const mount = uniqueName('kv');
  const fromEnv = (name: string) =>
    fromSource({
      source: { from: 'env', name },
      onMissingSource: 'keep',
      onExternalChange: 'keep',
      at: 'lab.yaml:1:1',
    });
  const at = (data: Fields) => resource(`vault.kv-secret/${mount}/crossplane%2Fazure%20%23%3F%25`, { data });
  const data = { 'ca.crt': fromEnv('FIRST'), pässword: fromEnv('SECOND') };
  return {
    connect: opened,
    kinds,
    example: [mountAt(mount), at(data)],
    changed: at({ ...data, pässword: fromEnv('THIRD') }),
    changes: ['data["pässword"]'],
    without: { resource: at({ 'ca.crt': fromEnv('FIRST') }), field: 'data["pässword"]' },
    env: { FIRST: 'first-value-ÄÖ', SECOND: 'second-value', THIRD: 'third-value' },
  };
});
