import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { createRunFolder } from '../../servers/run-folders.ts';
import { startVault } from '../../servers/vault.ts';
import { setUp } from './nothing.ts';

// The escrow of Vault is asked for its shares by whom External Secrets is.

const probes = z.object({ verified: z.array(z.object({ probes: z.array(z.looseObject({ check: z.string() })) })) });

test('lab verify has External Secrets ask for the shares: refused is proven, given is a failure', async () => {
  // Not through the watched way, behind which everybody is the administrator.
  const servers = await createRunFolder();
  const vault = await startVault({ dir: join(servers.dir, 'vault'), mode: { kind: 'inmem' } });
  const here = await setUp(vault.address);
  onTestFinished(async () => {
    await here.strike();
    await servers.remove();
  });
  // Whoever it is: here it runs as an account that is there anyway.
  const operator = `external-secrets: { mode: expected, namespace: ${here.name}-system, serviceAccount: lab-plan }`;
  await here.edit((manifest) => manifest.replace('install:\n', `install:\n  ${operator}\n`));
  expect((await here.lab(['apply', '--auto-approve', '--wait', '1m'])).code).toBe(0);
  const verified = async () => {
    const report = await here.json(['verify']);
    const all = probes.parse(report).verified.flatMap((one) => one.probes);
    return { code: report.code, kept: all.filter(({ check }) => check.includes('keeps its shares')) };
  };
  const who = `${here.name}-system/lab-plan`;
  const check = (store: string) => `${store} keeps its shares from ${who}, as which External Secrets logs in`;
  expect(await verified()).toEqual({
    code: 0,
    kept: ['escrow-operations', 'escrow-security'].map((store) => ({ is: 'proven', check: check(store) })),
  });

  const api = `/apis/rbac.authorization.k8s.io/v1/namespaces/${here.name}-security`;
  await here.kube('POST', `${api}/roles`, {
    metadata: { name: 'all' },
    rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'] }],
  });
  await here.kube('POST', `${api}/rolebindings`, {
    metadata: { name: 'all' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'all' },
    subjects: [{ kind: 'ServiceAccount', name: 'lab-plan', namespace: `${here.name}-system` }],
  });
  await expect.poll(verified, { timeout: 20_000 }).toMatchObject({
    code: 1,
    kept: [
      { is: 'proven', check: check('escrow-operations') },
      {
        is: 'failed',
        check: check('escrow-security'),
        expected: '403',
        found: `${who} may read ${here.name}-security/lab-vault-${here.name}-local-shares`,
      },
    ],
  });
  expect(await here.everything()).not.toContain('BEGIN PGP PRIVATE KEY');
});
