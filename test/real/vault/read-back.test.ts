import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import type { Connection } from '../../../src/engine/provider.ts';
import type { Live } from '../../../src/engine/resource.ts';
import { isLiveSecret } from '../../../src/engine/value.ts';
import { differenceOf } from '../../../src/providers/vault/product.ts';
import { secret } from '../../../src/secrets/secret.ts';
import { connectFor, stranger, uniqueName } from './server.ts';

// What Vault makes of what is written to it, and that read() gives it in the spec's words.

const name = uniqueName('normal');
const caCert = () => readFile(inject('servers').caFile, 'utf8');
const specOf = (live: Live) => (live.exists === 'yes' ? live.spec : undefined);

beforeAll(async () => {
  await stranger('POST', `sys/mounts/${name}`, { type: 'kv-v2' });
  await stranger('POST', `sys/auth/${name}`, { type: 'kubernetes' });
});

interface Row {
  readonly kind: string;
  readonly id: readonly string[];
  readonly path: string;
  readonly written: object;
  readonly reads: object;
}

const rows: Row[] = [
  {
    kind: 'vault.mount',
    id: [`${name}-v2`],
    path: `sys/mounts/${name}-v2`,
    written: { type: 'kv-v2', config: { max_lease_ttl: '87600h' } },
    reads: { type: 'kv-v2', description: '', defaultLeaseTtl: 0, maxLeaseTtl: 315_360_000 },
  },
  {
    kind: 'vault.mount',
    id: [`${name}-v1`],
    path: `sys/mounts/${name}-v1`,
    written: { type: 'kv', description: 'old' },
    reads: { type: 'kv', description: 'old', defaultLeaseTtl: 0, maxLeaseTtl: 0 },
  },
  {
    kind: 'vault.mount',
    id: [`${name}-team/transit`],
    path: `sys/mounts/${name}-team/transit`,
    written: { type: 'transit', config: { default_lease_ttl: 90 } },
    reads: { type: 'transit', description: '', defaultLeaseTtl: 90, maxLeaseTtl: 0 },
  },
  {
    kind: 'vault.auth-method',
    id: [`${name}-approle`],
    path: `sys/auth/${name}-approle`,
    written: { type: 'approle', description: 'CI [lab a/b/c]' },
    reads: { type: 'approle', description: 'CI', defaultLeaseTtl: 0, maxLeaseTtl: 0 },
  },
  {
    kind: 'vault.kv-config',
    id: [name],
    path: `${name}/config`,
    written: { delete_version_after: '3h' },
    reads: { maxVersions: 0, casRequired: false, deleteVersionAfter: 10_800 },
  },
  {
    kind: 'vault.policy',
    id: [`${name}-team`],
    path: `sys/policies/acl/${name}-TEAM`,
    written: { policy: '\n# ours\npath "b" { capabilities = ["update", "read"] }' },
    reads: { hcl: '\n# ours\npath "b" { capabilities = ["update", "read"] }', paths: { b: ['read', 'update'] } },
  },
  {
    kind: 'vault.kubernetes-auth-role',
    id: [name, 'web'],
    path: `auth/${name}/role/Web`,
    written: {
      bound_service_account_names: 'b, a',
      bound_service_account_namespaces: ['x'],
      token_policies: ['B', 'a', 'a'],
      token_ttl: '20m',
    },
    reads: {
      serviceAccountNames: ['a', 'b'],
      serviceAccountNamespaces: ['x'],
      audience: '',
      policies: ['a', 'b'],
      ttl: 1200,
      maxTtl: 0,
      period: 0,
      networks: [],
      noDefaultPolicy: false,
    },
  },
];

describe('what somebody wrote by hand', () => {
  test.each(rows)('$path $written', async ({ kind, id, path, written, reads }) => {
    expect((await stranger('POST', path, written)).status).toBeLessThan(300);
    const connection = await connectFor();
    expect(specOf(await connection.kind(kind).read(id, {}))).toEqual(reads);
  });
});

describe('the mark on a mount', () => {
  const write = async (connection: Connection, id: string, spec: object, mark?: string) => {
    const kind = connection.kind('vault.mount');
    const live = await kind.read([id], {});
    const marked = mark === undefined ? {} : { mark };
    await kind.write({ id: [id], spec: { type: 'kv-v2', ...spec }, live, fingerprints: {}, removed: [], ...marked });
    return kind.read([id], {});
  };

  test('goes behind the description and is not part of it; a mark that is not ours to leave stays', async () => {
    const connection = await connectFor();
    const id = uniqueName('marked');
    expect(await write(connection, id, { description: 'Ours' }, 'lab/kind/1')).toMatchObject({
      mark: 'lab/kind/1',
      spec: { description: 'Ours' },
      outputs: { accessor: expect.stringMatching(/^kv_/) },
    });
    expect((await stranger('GET', `sys/mounts/${id}`)).body.data.description).toBe('Ours [lab lab/kind/1]');
    expect(await write(connection, id, { maxLeaseTtl: 60 })).toMatchObject({
      mark: 'lab/kind/1',
      spec: { description: 'Ours', maxLeaseTtl: 60 },
    });
  });

  test('paths that lie in one another are the refusal of Vault, shown as it is', async () => {
    const connection = await connectFor();
    await expect(write(connection, `${name}/inside`, {})).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('path is already in use'),
    });
  });
});

describe('a policy of paths', () => {
  test('allows exactly the paths that it names, whatever HCL makes of their letters', async () => {
    const connection = await connectFor();
    const paths = { 'kv/${x}': ['read'], 'kv/"q"\\': ['list'], 'kv/${': ['update'], 'kv/é$$': ['delete'] };
    const id = uniqueName('paths');
    const kind = connection.kind('vault.policy');
    await kind.write({ id: [id], spec: { paths }, live: { exists: 'no' }, fingerprints: {}, removed: [] });
    expect(specOf(await kind.read([id], {}))).toMatchObject({ paths });
    const { body: made } = await stranger('POST', 'auth/token/create', { policies: [id] });
    const asked = { paths: [...Object.keys(paths), 'kv/$${x}', 'kv/x'] };
    const { body } = await stranger('POST', 'sys/capabilities-self', asked, made.auth.client_token);
    expect(body.data).toEqual({ ...paths, 'kv/$${x}': ['deny'], 'kv/x': ['deny'] });
  });
});

describe('the configuration of auth/kubernetes', () => {
  const write = async (connection: Connection, id: string, spec: object, removed: string[] = []) => {
    const kind = connection.kind('vault.kubernetes-auth-config');
    const live = await kind.read([id], {});
    const full = { host: 'https://kubernetes.example', caCert: await caCert(), ...spec };
    await kind.write({ id: [id], spec: full, live, fingerprints: {}, removed });
    return kind.read([id], {});
  };
  const raw = async (id: string) => (await stranger('GET', `auth/${id}/config`)).body.data;
  const method = async () => {
    const id = uniqueName('cluster');
    await stranger('POST', `sys/auth/${id}`, { type: 'kubernetes' });
    return id;
  };
  const reviewerJwt = secret('eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln');

  test('keeps what lab does not manage, although every write replaces all of it', async () => {
    const [id, connection] = [await method(), await connectFor()];
    const hand = { kubernetes_host: 'https://x', kubernetes_ca_cert: await caCert(), issuer: 'https://issuer' };
    await stranger('POST', `auth/${id}/config`, { ...hand, disable_iss_validation: false });
    await write(connection, id, {});
    expect(await raw(id)).toMatchObject({
      kubernetes_host: 'https://kubernetes.example',
      issuer: 'https://issuer',
      disable_iss_validation: false,
    });
  });

  test('is not written where that would lose a reviewer token that nobody can read', async () => {
    const [id, connection] = [await method(), await connectFor()];
    const live = await write(connection, id, { reviewerJwt });
    expect(isLiveSecret(specOf(live)?.['reviewerJwt'])).toBe(true);
    await expect(write(connection, id, { issuer: 'https://new' })).rejects.toMatchObject({
      code: 'REJECTED',
      detail: { next: expect.stringContaining('reviewerJwt') },
    });
    expect(await raw(id)).toMatchObject({ issuer: '', token_reviewer_jwt_set: true });
    await write(connection, id, { issuer: 'https://new', reviewerJwt });
    expect(await raw(id)).toMatchObject({ issuer: 'https://new', token_reviewer_jwt_set: true });
  });

  test('loses the reviewer token when it leaves the manifest', async () => {
    const [id, connection] = [await method(), await connectFor()];
    await write(connection, id, { reviewerJwt });
    const live = await write(connection, id, {}, ['reviewerJwt']);
    expect(specOf(live)).not.toHaveProperty('reviewerJwt');
    // Who asks for it is told that it is gone.
    expect(specOf(await connection.kind('vault.kubernetes-auth-config').read([id], { reviewerJwt }))).toMatchObject({
      reviewerJwt: null,
    });
    expect(await raw(id)).toMatchObject({ token_reviewer_jwt_set: false });
  });

  test('trusts nobody once it was removed, and forgets that when it is written again', async () => {
    const [id, connection] = [await method(), await connectFor()];
    await write(connection, id, { reviewerJwt });
    const { kubernetes_ca_cert: before } = await raw(id);
    await connection.kind('vault.kubernetes-auth-config').remove([id]);
    expect(await raw(id)).toMatchObject({
      kubernetes_host: 'https://removed.invalid',
      kubernetes_ca_cert: differenceOf('noAuthority', inject('servers').vault.product) ? '' : before,
      token_reviewer_jwt_set: false,
      disable_local_ca_jwt: true,
    });
    await write(connection, id, {});
    expect(await raw(id)).toMatchObject({ disable_local_ca_jwt: false });
  });
});

describe('the settings of a KV engine', () => {
  test('are absent while all are at their defaults, unless defaults are all that is asked for', async () => {
    const id = uniqueName('defaults');
    await stranger('POST', `sys/mounts/${id}`, { type: 'kv-v2' });
    const kind = (await connectFor()).kind('vault.kv-config');
    expect(await kind.read([id], { maxVersions: 5 })).toEqual({ exists: 'no' });
    expect(await kind.read([id], { casRequired: false })).toMatchObject({ exists: 'yes' });
  });
});
