import { get, makeNamespace, merge, namespacePath, post, put, remove } from '../api.ts';
import type { Scenario } from '../transcript.ts';

const time = '2026-01-02T03:04:05.678000Z';

/** Leases: what locks and leader elections do with them, and every refusal on the way. */
export const leases: Scenario = async (ask, place, look) => {
  await makeNamespace(look, place);
  const path = `/apis/coordination.k8s.io/v1/namespaces/${place}/leases`;
  const lease = (name: string, spec: object, metadata: object = {}) => ({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, ...metadata },
    spec,
  });
  const held = {
    holderIdentity: 'one',
    leaseDurationSeconds: 30,
    acquireTime: time,
    renewTime: time,
    leaseTransitions: 1,
  };

  await get(ask, `${path}/lock`);
  await post(ask, path, lease('lock', held));
  await post(ask, path, lease('lock', held));
  await post(ask, path.replace(place, `${place}-not`), lease('lock', held));
  await get(ask, `${path}/lock`);
  await put(ask, `${path}/lock`, lease('lock', { ...held, leaseTransitions: 2 }, { resourceVersion: '1' }));
  await put(ask, `${path}/lock`, lease('lock', { leaseTransitions: 2 }));
  await put(ask, `${path}/lock`, lease('lock', {}));
  await put(ask, `${path}/lock`, lease('lock', held, { uid: '00000000-0000-4000-8000-000000000000' }));
  await merge(ask, `${path}/lock`, { spec: { holderIdentity: '' } });
  await merge(ask, `${path}/lock`, { spec: { leaseDurationSeconds: 0 } });
  await merge(ask, `${path}/lock`, { spec: { leaseTransitions: -1 } });
  await post(ask, path, lease('untimely', { ...held, renewTime: 'now' }));
  await post(ask, path, lease('untimely', { ...held, renewTime: '2026-01-02T03:04:05Z' }));
  await post(ask, path, lease('untimely', { ...held, renewTime: '2026-01-02T03:04:05.678Z' }));
  await post(ask, path, lease('mistyped', { ...held, leaseDurationSeconds: '30' }));
  await post(ask, path, lease('surplus', { ...held, surplus: 1 }));

  // A PUT makes one that is not there.
  await put(ask, `${path}/new`, lease('new', held));
  const version = { resourceVersion: '1', uid: '00000000-0000-4000-8000-000000000000' };
  await put(ask, `${path}/gone`, lease('gone', held, version));
  await put(ask, `${path}/gone`, lease('gone', held, { resourceVersion: '1' }));
  await get(ask, path);
  await remove(ask, `${path}/lock`);
  await remove(ask, `${path}/lock`);
};

/** Secrets as a store of records writes them: each write for one version. */
export const versions: Scenario = async (ask, place, look) => {
  await makeNamespace(look, place);
  const path = `${namespacePath(place)}/secrets`;
  const secret = (name: string, metadata: object, text: string) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'k8s-lab.dev/state',
    metadata: { name, ...metadata },
    data: { text: Buffer.from(text).toString('base64') },
  });
  await post(ask, path, secret('one', { labels: { a: 'b' } }, 'x'));
  await post(ask, path, secret('one', {}, 'y'));
  await post(ask, path, secret('two', { labels: { a: 'c' } }, 'z'));
  await put(ask, `${path}/one`, secret('one', { resourceVersion: '1' }, 'y'));
  await put(ask, `${path}/one`, secret('one', { uid: '00000000-0000-4000-8000-000000000000' }, 'y'));
  await put(ask, `${path}/one`, secret('one', { labels: { a: 'b' } }, 'y'));
  await put(ask, `${path}/none`, secret('none', {}, 'y'));
  await put(ask, `${path}/none`, secret('none', { resourceVersion: '1' }, 'y'));
  const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';
  await ask({ method: 'GET', path: `${path}?labelSelector=a%3Db&limit=500`, accept });
  await remove(ask, `${path}/one`, { propagationPolicy: 'Background' });
  await remove(ask, `${path}/one`, { propagationPolicy: 'Background' });
};
