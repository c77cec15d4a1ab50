import { expect, test } from 'vitest';
import { planWithInventory } from '../../../src/engine/inventory.ts';
import type { Resource } from '../../../src/engine/resource.ts';
import { createAuthority } from '../../../src/sandbox/certificates/authority.ts';
import { applyAll, planOptions, resource, worldOf } from '../../support/world.ts';
import { connectionAt } from './database.ts';
import { benchWith, connectWith, newTag, tokenWith } from './rights-life.ts';
import { context, stranger } from './server.ts';

// What others have beside what lab has, on mounts and auth methods that lab knows.

const own = (tag: string): readonly Resource[] => {
  const at = (stem: string) => `${stem}-${tag}`;
  return [
    resource(`vault.auth-method/${at('cluster')}`, { type: 'kubernetes' }),
    resource(`vault.kubernetes-auth-config/${at('cluster')}`, {
      host: 'https://kubernetes.example',
      caCert: createAuthority('of a cluster').certificate,
    }),
    resource(`vault.kubernetes-auth-role/${at('cluster')}/ours`, {
      serviceAccountNames: ['a'],
      serviceAccountNamespaces: ['b'],
      policies: ['default'],
    }),
    resource(`vault.auth-method/${at('machines')}`, { type: 'approle' }),
    resource(`vault.approle-role/${at('machines')}/ours`, { policies: ['default'] }),
    resource(`vault.auth-method/${at('more')}`, { type: 'approle' }),
    resource(`vault.approle-role/${at('more')}/ours`, { policies: ['default'] }),
    resource(`vault.auth-method/${at('ci')}`, { type: 'jwt' }),
    resource(`vault.jwt-auth-role/${at('ci')}/ours`, { policies: ['default'], userClaim: 'sub', audiences: ['lab'] }),
    resource(`vault.mount/${at('db')}`, { type: 'database' }),
    resource(`vault.database-connection/${at('db')}/ours`, {
      plugin: 'postgresql',
      url: 'postgresql://{{username}}:{{password}}@nowhere.example:5432/app',
      username: 'vault',
      verify: false,
      allowedRoles: ['*'],
    }),
    resource(`vault.database-role/${at('db')}/ours`, { connection: 'ours', create: ['CREATE ROLE "{{name}}"'] }),
    connectionAt(at('db')),
    resource(`vault.database-static-role/${at('db')}/static-ours`, {
      connection: 'app',
      username: 'listed',
      rotate: '24h',
    }),
    resource(`vault.mount/${at('pki')}`, { type: 'pki', maxLeaseTtl: '8760h' }),
    resource(`vault.pki-issuer/${at('pki')}/ours`, { commonName: 'ours', ttl: '8000h', key: 'ec-256' }),
    resource(`vault.pki-role/${at('pki')}/ours`, { domains: ['lab.internal'], maxTtl: '72h' }),
    resource(`vault.identity-group/${at('ours')}`, { type: 'external', policies: ['default'] }),
    resource(`vault.identity-group-alias/${at('ours')}`, { mount: at('ci'), name: 'ours' }),
    resource(`vault.identity-group/${at('plain')}`, { type: 'external', policies: ['default'] }),
    resource(`vault.password-policy/${at('ours')}`, { hcl: 'length = 20\nrule "charset" { charset = "abc" }' }),
  ];
};

const theirs = async (tag: string): Promise<void> => {
  const role = { bound_service_account_names: ['c'], bound_service_account_namespaces: ['d'] };
  await stranger('POST', `auth/cluster-${tag}/role/theirs`, role);
  for (const mount of ['machines', 'more']) {
    await stranger('POST', `auth/${mount}-${tag}/role/theirs`, { token_policies: ['default'] });
  }
  await stranger('POST', `auth/ci-${tag}/role/theirs`, {
    role_type: 'jwt',
    user_claim: 'sub',
    bound_audiences: ['theirs'],
  });
  await stranger('POST', `db-${tag}/config/theirs`, {
    plugin_name: 'postgresql-database-plugin',
    connection_url: 'postgresql://{{username}}:{{password}}@nowhere.example:5432/app',
    username: 'vault',
    verify_connection: false,
  });
  await stranger('POST', `db-${tag}/roles/theirs`, {
    db_name: 'theirs',
    creation_statements: ['CREATE ROLE "{{name}}"'],
  });
  await stranger('POST', `db-${tag}/static-roles/static-theirs`, {
    db_name: 'app',
    username: 'unlisted',
    rotation_period: '24h',
  });
  const { body } = await stranger('POST', `pki-${tag}/root/generate/internal`, {
    common_name: 'theirs',
    issuer_name: 'theirs',
  });
  expect(body.data.issuer_name).toBe('theirs');
  await stranger('POST', `pki-${tag}/roles/theirs`, { allowed_domains: ['their.internal'] });
  // An authority without its key is there for a chain only, and nobody's.
  const above = createAuthority('above').certificate;
  const taken = await stranger('POST', `pki-${tag}/intermediate/set-signed`, { certificate: above });
  expect(taken.body.data.imported_issuers).toHaveLength(1);
  await stranger('POST', `identity/group/name/Theirs-${tag}`, { type: 'external' });
  const { accessor } = (await stranger('GET', `sys/auth/ci-${tag}`)).body.data;
  // One for a group of theirs, one for a group of ours that has none.
  for (const name of [`theirs-${tag}`, `plain-${tag}`]) {
    const { id } = (await stranger('GET', `identity/group/name/${name}`)).body.data;
    const alias = { name, mount_accessor: accessor, canonical_id: id };
    expect((await stranger('POST', 'identity/group-alias', alias)).status).toBe(200);
  }
  await stranger('POST', `sys/policies/password/theirs-${tag}`, {
    policy: 'length = 20\nrule "charset" { charset = "abc" }',
  });
};

test('what others have on the mounts of what is known is unmanaged; who may not list it is told nothing of it', async () => {
  const tag = newTag();
  const wanted = own(tag);
  const bench = benchWith(await connectWith(context().env['APPLY_TOKEN'] ?? ''));
  const oneWay = [`vault.pki-issuer/pki-${tag}/ours`, `vault.database-static-role/db-${tag}/static-ours`];
  expect((await applyAll(bench, wanted, { allowIrreversible: new Set(oneWay) })).diagnostics).toEqual([]);
  const unmanaged = async (token: string, lost = false) => {
    const looking = await connectWith(token, true);
    const world = await worldOf({ ...bench, connections: [looking] }, wanted);
    const { plan, inventory } = await planWithInventory(world, planOptions, () => {});
    await looking.close();
    expect(plan.diagnostics).toEqual([]);
    const extra = inventory.extra.filter((address) => address.includes(tag));
    expect(extra).toEqual(lost ? [`vault.identity-group/lost-${tag}`] : []);
    return inventory.unmanaged
      .filter((address) => address.includes(tag))
      .map((address) => address.replaceAll(`-${tag}`, ''));
  };
  const root = context().env['PLAN_TOKEN'] ?? '';
  expect(await unmanaged(root)).toEqual([]);
  const { installation } = (await bench.store.load()) ?? {};

  await theirs(tag);
  await stranger('POST', `identity/group/name/lost-${tag}`, { metadata: { lab: `test/unit/${installation}` } });
  expect(await unmanaged(root, true)).toEqual([
    'vault.approle-role/machines/theirs',
    'vault.approle-role/more/theirs',
    'vault.database-connection/db/theirs',
    'vault.database-role/db/theirs',
    'vault.database-static-role/db/static-theirs',
    'vault.identity-group-alias/plain',
    'vault.identity-group-alias/theirs',
    'vault.identity-group/theirs',
    'vault.jwt-auth-role/ci/theirs',
    'vault.kubernetes-auth-role/cluster/theirs',
    'vault.password-policy/theirs',
    'vault.pki-issuer/pki/theirs',
    'vault.pki-role/pki/theirs',
  ]);

  // Who may not list one of two methods learns of the other.
  const half = await tokenWith({ '*': ['read', 'list'], [`auth/machines-${tag}/role`]: ['deny'] }, `half-${tag}`);
  const seen = await unmanaged(half, true);
  expect(seen.filter((address) => address.startsWith('vault.approle-role'))).toEqual([
    'vault.approle-role/more/theirs',
  ]);

  const reader = await tokenWith(
    { '+/*': ['read'], 'sys/*': ['read'], 'auth/*': ['read'], 'identity/*': ['read'] },
    tag,
  );
  expect((await unmanaged(reader)).filter((address) => !address.startsWith('vault.pki-issuer'))).toEqual([]);

  for (const mount of ['db', 'pki']) await stranger('DELETE', `sys/mounts/${mount}-${tag}`);
  for (const mount of ['ci', 'cluster', 'machines', 'more']) await stranger('DELETE', `sys/auth/${mount}-${tag}`);
});
