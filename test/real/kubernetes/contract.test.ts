import { beforeAll } from 'vitest';
import type { Fields } from '../../../src/engine/value.ts';
import { kubernetes } from '../../../src/providers/kubernetes/index.ts';
import { fromSource } from '../../../src/secrets/source.ts';
import { describeKind } from '../../support/kind-contract.ts';
import { resource } from '../../support/world.ts';
import { connect, type Stranger, stranger, uniqueName } from './cluster.ts';

const { kinds } = kubernetes;
const opened = async () => [await connect()];
const inNamespace = (name: string) => resource(`kubernetes.namespace/${name}`, {}, { ownership: 'contributed' });

let someone: Stranger;
beforeAll(async () => {
  someone = await stranger();
});

/** A label that somebody else puts on the object. */
const labelled = (path: string) => ({
  add: async () => {
    await someone('PATCH', path, { metadata: { labels: { 'somebody.example/else': 'yes' } } });
  },
  isThere: async () => (await someone('GET', path)).metadata.labels?.['somebody.example/else'] === 'yes',
});

describeKind('kubernetes.namespace', async () => {
  const name = uniqueName('contract');
  const at = (spec: Fields) => resource(`kubernetes.namespace/${name}`, spec, { ownership: 'contributed' });
  return {
    connect: opened,
    kinds,
    example: [at({ labels: { team: 'platform', tier: 'one' }, annotations: { note: 'first' } })],
    changed: at({ labels: { team: 'security', tier: 'one' }, annotations: { note: 'first' } }),
    changes: ['labels.team'],
    without: {
      resource: at({ labels: { team: 'platform' }, annotations: { note: 'first' } }),
      field: 'labels.tier',
    },
    stranger: labelled(`/api/v1/namespaces/${name}`),
  };
});

describeKind('kubernetes.service-account', async () => {
  const namespace = uniqueName('contract');
  const at = (spec: Fields) =>
    resource(`kubernetes.service-account/${namespace}/reader`, spec, { ownership: 'contributed' });
  return {
    connect: opened,
    kinds,
    example: [inNamespace(namespace), at({ annotations: { 'azure.workload.identity/client-id': 'one', note: 'x' } })],
    changed: at({ annotations: { 'azure.workload.identity/client-id': 'two', note: 'x' } }),
    changes: ['annotations["azure.workload.identity/client-id"]'],
    without: {
      resource: at({ annotations: { 'azure.workload.identity/client-id': 'one' } }),
      field: 'annotations.note',
    },
    stranger: labelled(`/api/v1/namespaces/${namespace}/serviceaccounts/reader`),
  };
});

const fromEnv = (name: string) =>
  fromSource({ source: { from: 'env', name }, onMissingSource: 'keep', onExternalChange: 'keep', at: 'lab.yaml:1:1' });

describeKind('kubernetes.secret', async () => {
  const namespace = uniqueName('contract');
  const at = (spec: Fields) => resource(`kubernetes.secret/${namespace}/credentials`, spec);
  const data = { 'ca.crt': fromEnv('FIRST'), password: fromEnv('SECOND') };
  return {
    connect: opened,
    kinds,
    example: [inNamespace(namespace), at({ type: 'Opaque', data, labels: { tier: 'one' } })],
    changed: at({ type: 'Opaque', data: { ...data, password: fromEnv('THIRD') }, labels: { tier: 'one' } }),
    changes: ['data.password'],
    without: { resource: at({ type: 'Opaque', data }), field: 'labels' },
    env: { FIRST: 'first-value-ÄÖ', SECOND: 'second-value', THIRD: 'third-value' },
    stranger: {
      add: async () => {
        await someone('PATCH', `/api/v1/namespaces/${namespace}/secrets/credentials`, { data: { other: 'b3RoZXI=' } });
      },
      isThere: async () =>
        (await someone('GET', `/api/v1/namespaces/${namespace}/secrets/credentials`)).data?.['other'] === 'b3RoZXI=',
    },
  };
});

describeKind('kubernetes.config-map', async () => {
  const namespace = uniqueName('contract');
  const at = (data: Fields) => resource(`kubernetes.config-map/${namespace}/settings`, { data });
  return {
    connect: opened,
    kinds,
    example: [inNamespace(namespace), at({ 'app.yaml': 'a: 1\n', mode: 'fast' })],
    changed: at({ 'app.yaml': 'a: 2\n', mode: 'fast' }),
    changes: ['data["app.yaml"]'],
    without: { resource: at({ 'app.yaml': 'a: 1\n' }), field: 'data.mode' },
    stranger: labelled(`/api/v1/namespaces/${namespace}/configmaps/settings`),
  };
});

describeKind('kubernetes.object of a built-in type', async () => {
  const namespace = uniqueName('contract');
  const at = (limits: Fields, labels: Fields) =>
    resource(`kubernetes.object/core/LimitRange/${namespace}/limits`, {
      object: {
        apiVersion: 'v1',
        kind: 'LimitRange',
        metadata: { labels },
        spec: { limits: [{ type: 'Container', max: limits }] },
      },
    });
  return {
    connect: opened,
    kinds,
    example: [inNamespace(namespace), at({ cpu: '1', memory: '1Gi' }, { tier: 'one', team: 'a' })],
    changed: at({ cpu: '1', memory: '1Gi' }, { tier: 'two', team: 'a' }),
    changes: ['object.metadata.labels.tier'],
    without: {
      resource: at({ cpu: '1', memory: '1Gi' }, { tier: 'one' }),
      field: 'object.metadata.labels.team',
    },
    stranger: labelled(`/api/v1/namespaces/${namespace}/limitranges/limits`),
  };
});

describeKind('kubernetes.object of a custom type', async () => {
  const namespace = uniqueName('contract');
  const at = (length: number, labels: Fields = { tier: 'one' }) =>
    resource(`kubernetes.object/generators.external-secrets.io/Password/${namespace}/random`, {
      object: {
        apiVersion: 'generators.external-secrets.io/v1alpha1',
        metadata: { labels },
        spec: { length, digits: 5, noUpper: false, allowRepeat: true },
      },
    });
  return {
    connect: opened,
    kinds,
    example: [inNamespace(namespace), at(20)],
    changed: at(24),
    changes: ['object.spec.length'],
    without: { resource: at(20, {}), field: 'object.metadata.labels.tier' },
    stranger: labelled(`/apis/generators.external-secrets.io/v1alpha1/namespaces/${namespace}/passwords/random`),
  };
});
