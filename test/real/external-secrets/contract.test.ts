import { beforeAll } from 'vitest';
import { externalSecrets } from '../../../src/providers/external-secrets/index.ts';
import { kubernetes } from '../../../src/providers/kubernetes/index.ts';
import { describeKind } from '../../support/kind-contract.ts';
import { resource } from '../../support/world.ts';
import { type Stranger, stranger, uniqueName } from '../kubernetes/cluster.ts';
import { type Central, makeCentral } from './central.ts';
import { connectOperator } from './operator.ts';

const kinds = [...kubernetes.kinds, ...externalSecrets.kinds];
const api = '/apis/external-secrets.io/v1';
const inNamespace = (name: string) => resource(`kubernetes.namespace/${name}`, {}, { ownership: 'contributed' });

let someone: Stranger;
let central: Central;
beforeAll(async () => {
  someone = await stranger();
  central = await makeCentral(someone, { password: 'a value' });
});

/** A label that somebody else puts on the object. */
const labelled = (path: string) => ({
  add: async () => {
    await someone('PATCH', path, { metadata: { labels: { 'somebody.example/else': 'yes' } } });
  },
  isThere: async () => (await someone('GET', path)).metadata.labels?.['somebody.example/else'] === 'yes',
});

describeKind('external-secrets.cluster-secret-store', async () => {
  const name = uniqueName('contract');
  const at = `external-secrets.cluster-secret-store/${name}`;
  const conditions = [{ namespaces: ['team-b', 'team-a'] }];
  const spec = { provider: central.readAs('reader'), conditions, refreshInterval: 600, labels: { team: 'a' } };
  return {
    connect: connectOperator,
    kinds,
    example: [resource(at, spec)],
    changed: resource(at, { ...spec, provider: central.readAs('auditor'), labels: { team: 'b' } }),
    changes: ['provider.kubernetes.auth.serviceAccount.name', 'labels.team'],
    without: { resource: resource(at, { provider: central.readAs('reader'), conditions }), field: 'refreshInterval' },
    stranger: labelled(`${api}/clustersecretstores/${name}`),
  };
});

describeKind('external-secrets.secret-store', async () => {
  const { namespace } = central;
  const at = `external-secrets.secret-store/${namespace}/own`;
  return {
    connect: connectOperator,
    kinds,
    example: [
      inNamespace(namespace),
      resource(at, { provider: central.readHereAs('reader'), annotations: { note: 'a' } }),
    ],
    changed: resource(at, { provider: central.readHereAs('auditor'), annotations: { note: 'a' } }),
    changes: ['provider.kubernetes.auth.serviceAccount.name'],
    without: { resource: resource(at, { provider: central.readHereAs('reader') }), field: 'annotations' },
    stranger: labelled(`${api}/namespaces/${namespace}/secretstores/own`),
  };
});

describeKind('external-secrets.external-secret', async () => {
  const { namespace } = central;
  const at = `external-secrets.external-secret/${namespace}/database`;
  const spec = {
    store: { name: 'shared', kind: 'SecretStore' },
    refresh: '2h',
    target: { template: { metadata: { labels: { team: 'a' } } } },
    data: [{ key: 'password', remote: { key: 'central', property: 'password', decode: 'None' } }],
  };
  const { target: _target, refresh: _refresh, ...bare } = spec;
  return {
    connect: connectOperator,
    kinds,
    example: [
      inNamespace(namespace),
      resource(`external-secrets.secret-store/${namespace}/shared`, { provider: central.readHereAs('reader') }),
      resource(at, spec),
    ],
    changed: resource(at, {
      ...spec,
      refresh: 5400,
      data: [{ key: 'password', remote: { key: 'central', property: 'password', decode: 'Auto' } }],
    }),
    changes: ['refresh', 'data[0].remote.decode'],
    without: { resource: resource(at, bare), field: 'refresh' },
    stranger: labelled(`${api}/namespaces/${namespace}/externalsecrets/database`),
  };
});
