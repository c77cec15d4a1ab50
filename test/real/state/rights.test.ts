import { readFile } from 'node:fs/promises';
import { beforeAll, expect, inject, test, vi } from 'vitest';
import { parse } from 'yaml';
import type { OwnObjects } from '../../../src/engine/ports.ts';
import { clusterStore } from '../../../src/state/cluster/store.ts';
import { begin, end } from '../../state/example.ts';
import { runSession } from '../../state/session-process.ts';
import { connect, kubeconfigAs, type Stranger, stranger, uniqueName } from '../kubernetes/cluster.ts';

vi.setConfig({ testTimeout: 120_000 });

const owner = { name: 'shop', environment: 'kind' };

let someone: Stranger;
beforeAll(async () => {
  someone = await stranger();
});

/** The Role that docs/state.md shows. */
const documented = async (): Promise<{ rules: readonly unknown[] }> => {
  const page = await readFile(new URL('../../../docs/state.md', import.meta.url), 'utf8');
  const [, role = ''] = /```yaml\n(apiVersion: rbac[^`]*)```/.exec(page) ?? [];
  return parse(role);
};

/** A service account with these rights in a namespace of its own, as a kubeconfig. */
const accountWith = async (rules: readonly unknown[]): Promise<{ kubeconfig: string; namespace: string }> => {
  const namespace = uniqueName('rights');
  const access = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  await someone('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  await someone('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name: 'lab' } });
  await someone('POST', `${access}/roles`, { metadata: { name: 'lab' }, rules });
  await someone('POST', `${access}/rolebindings`, {
    metadata: { name: 'lab' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'lab' },
    subjects: [{ kind: 'ServiceAccount', name: 'lab', namespace }],
  });
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/lab/token`;
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
  const answer: { status?: { token?: string } } = JSON.parse(JSON.stringify(await someone('POST', path, body)));
  return { kubeconfig: await kubeconfigAs({ token: answer.status?.token ?? '' }), namespace };
};

const ownObjectsAs = async (kubeconfig: string): Promise<OwnObjects> => {
  const { offers } = await connect({ kubeconfig });
  if (offers.ownObjects === undefined) throw new Error('the cluster does not offer its own objects');
  return offers.ownObjects;
};

test('the documented rights are enough, also after a run that was killed', async () => {
  const { kubeconfig, namespace } = await accountWith((await documented()).rules);
  const { context } = inject('servers');
  await runSession({
    where: { kubeconfig, context, namespace },
    ...owner,
    entries: [end('one'), begin('two')],
    ending: 'die',
  });
  const store = clusterStore({ objects: await ownObjectsAs(kubeconfig), place: { namespace, ...owner } });
  const session = await store.open('apply');
  await session.append(end('two'));
  await session.close();
  expect((await store.load())?.records).toHaveLength(2);
  expect(await store.unlock('aaaa1111')).toBeUndefined();
});

test('a look needs no more than to get Secrets, and who may not is told what is missing', async () => {
  const rules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }];
  const { kubeconfig, namespace } = await accountWith(rules);
  const place = { namespace, ...owner };
  const administrator = await connect();
  const { ownObjects } = administrator.offers;
  if (ownObjects === undefined) throw new Error('the cluster does not offer its own objects');
  const session = await clusterStore({ objects: ownObjects, place }).open('apply');
  await session.append(end('one'));
  await session.close();
  const looking = clusterStore({ objects: await ownObjectsAs(kubeconfig), place });
  expect((await looking.load())?.records).toHaveLength(1);
  await expect(looking.open('apply')).rejects.toMatchObject({
    code: 'DENIED',
    message: expect.stringContaining('cannot get resource "leases" in API group "coordination.k8s.io"'),
  });
});
