import { expect, test } from 'vitest';
import { driftOf } from '../../../src/engine/drift.ts';
import { planWithInventory } from '../../../src/engine/inventory.ts';
import { createAuthority } from '../../../src/sandbox/certificates/authority.ts';
import { applyAll, planOptions, resource, worldOf } from '../../support/world.ts';
import { fromEnv } from './database.ts';
import { benchWith, connectWith, newTag } from './rights-life.ts';
import { context, stranger } from './server.ts';

// Every class of drift that lab tells apart, in one Vault.

test('changed, missing, extra, unmanaged, unverifiable and format only are told apart', async () => {
  const tag = newTag();
  const token = context().env['APPLY_TOKEN'] ?? '';
  const bench = benchWith(await connectWith(token));
  const text = 'path "a/*" {\n  capabilities = ["read", "list"]\n  min_wrapping_ttl = "1s"\n}\n';
  const caCert = createAuthority('authority of a cluster').certificate;
  const wanted = [
    resource(`vault.mount/kept-${tag}`, { type: 'kv-v2', description: 'ours' }),
    resource(`vault.mount/gone-${tag}`, { type: 'kv-v2' }),
    resource(`vault.policy/text-${tag}`, { hcl: text }),
    resource(`vault.policy/paths-${tag}`, { paths: { 'a/*': ['list', 'read'] } }),
    resource(`vault.auth-method/cluster-${tag}`, { type: 'kubernetes' }),
    resource(`vault.kubernetes-auth-config/cluster-${tag}`, {
      host: 'https://kubernetes.example',
      caCert,
      reviewerJwt: fromEnv('FIRST'),
    }),
  ];
  const drift = async () => {
    // A run of its own, which knows nothing of an earlier one.
    const looking = await connectWith(token, true);
    const world = await worldOf({ ...bench, connections: [looking] }, wanted);
    const { plan, inventory } = await planWithInventory(world, planOptions, () => {});
    await looking.close();
    const report = driftOf(plan, inventory);
    const ofThis = (addresses: readonly string[]) =>
      addresses.filter((address) => address.includes(tag)).map((address) => address.replace(`-${tag}`, ''));
    const fields = (entries: typeof report.formatOnly) =>
      entries.map(({ address, fields: paths }) => `${address.replace(`-${tag}`, '')} ${paths.join(', ')}`).toSorted();
    return {
      changed: ofThis(report.drifted.flatMap(({ address, missing }) => (missing ? [] : [address]))),
      missing: ofThis(report.drifted.flatMap(({ address, missing }) => (missing ? [address] : []))),
      pending: ofThis(report.pending.map(({ address }) => address)),
      extra: ofThis(report.extra),
      unmanaged: ofThis(report.unmanaged),
      formatOnly: fields(report.formatOnly),
      unverifiable: fields(report.unverifiable),
      errors: report.diagnostics,
    };
  };
  const nothing = { changed: [], missing: [], pending: [], extra: [], unmanaged: [], formatOnly: [], errors: [] };
  const unverifiable = ['vault.kubernetes-auth-config/cluster reviewerJwt'];
  const { plan: first } = await applyAll(bench, wanted);
  expect(await drift()).toEqual({ ...nothing, unverifiable });

  const { installation } = (await bench.store.load()) ?? {};
  expect(first.owner.name).toBe('test');
  const mark = `[lab test/unit/${installation}]`;
  await stranger('POST', `sys/mounts/kept-${tag}/tune`, { description: `theirs ${mark}` });
  await stranger('DELETE', `sys/mounts/gone-${tag}`);
  await stranger('POST', `sys/mounts/extra-${tag}`, {
    type: 'kv',
    description: `made before the state was lost ${mark}`,
  });
  await stranger('POST', `sys/mounts/other-${tag}`, { type: 'kv' });
  await stranger('POST', `sys/policies/acl/other-${tag}`, { policy: 'path "b" { capabilities = ["read"] }' });
  await stranger('POST', `sys/policies/acl/text-${tag}`, {
    policy: `# reviewed\n${text.replaceAll('\n  ', '\n\t').replace(' = [', '=[')}`,
  });
  await stranger('POST', `sys/policies/acl/paths-${tag}`, {
    policy: 'path "a/*" { capabilities = ["read","list"] } # by hand',
  });
  const seen = {
    ...nothing,
    changed: ['vault.mount/kept'],
    missing: ['vault.mount/gone'],
    pending: [],
    extra: ['vault.mount/extra'],
    unmanaged: ['vault.mount/other', 'vault.policy/other'],
    formatOnly: ['vault.policy/paths paths', 'vault.policy/text hcl'],
    unverifiable,
  };
  expect(await drift()).toEqual(seen);

  // The server shows no token, and says that it has none: that is drift, where no value is at hand too.
  await stranger('POST', `auth/cluster-${tag}/config`, {
    kubernetes_host: 'https://kubernetes.example',
    kubernetes_ca_cert: caCert,
  });
  expect(await drift()).toEqual({
    ...seen,
    changed: ['vault.mount/kept', 'vault.kubernetes-auth-config/cluster'],
    unverifiable: [],
  });

  // Apply reads the tables of Vault anew, too.
  const again = { ...bench, connections: [await connectWith(token)] };
  await applyAll(again, wanted);
  expect(await drift()).toEqual({
    ...seen,
    changed: [],
    missing: [],
    unverifiable,
  });
  // What is only written in another form is left.
  expect(again.connections[0]?.writes()).toBe(3);
  for (const name of ['kept', 'gone', 'extra', 'other']) await stranger('DELETE', `sys/mounts/${name}-${tag}`);
  await stranger('DELETE', `sys/auth/cluster-${tag}`);
});
