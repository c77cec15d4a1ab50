import { expect, test } from 'vitest';
import { externalSecret } from '../../../src/providers/external-secrets/external-secret.ts';
import {
  type ExternalSecretSpec,
  externalSecretSchema,
} from '../../../src/providers/external-secrets/external-secret-spec.ts';
import {
  externalSecretSpecOf,
  wireSpec,
  wireSpecOf,
} from '../../../src/providers/external-secrets/external-secret-wire.ts';
import { object } from './client-over.ts';

const parse = (spec: object): ExternalSecretSpec => externalSecretSchema.parse(spec);
const store = { name: 'azure', kind: 'ClusterSecretStore' } as const;
const minimal = parse({ store, data: [{ key: 'password', remote: { key: 'db-password' } }] });
const asNew = { live: undefined, refreshRemoved: false };
/** What a write sends over an object with this spec. */
const over = (spec: object, refreshRemoved = false) => ({
  live: wireSpecOf(object('ExternalSecret', {}, { spec })),
  refreshRemoved,
});

test('sends every field under the name that External Secrets has for it', () => {
  const spec = parse({
    store,
    refresh: '90m',
    target: { name: 'other', creationPolicy: 'Merge', template: { type: 'Opaque', data: { url: '{{ .password }}' } } },
    data: [
      { key: 'user', remote: { key: 'db', property: 'user', version: '3' } },
      { key: 'password', remote: { key: 'db', property: 'password', decode: 'Base64' } },
    ],
  });
  expect(wireSpec(spec, asNew)).toEqual({
    secretStoreRef: store,
    refreshInterval: '1h30m0s',
    target: {
      name: 'other',
      creationPolicy: 'Merge',
      template: { type: 'Opaque', engineVersion: 'v2', metadata: {}, data: { url: '{{ .password }}' } },
    },
    data: [
      { secretKey: 'password', remoteRef: { key: 'db', property: 'password', decodingStrategy: 'Base64' } },
      { secretKey: 'user', remoteRef: { key: 'db', property: 'user', version: '3' } },
    ],
  });
});

test('a new object has the default interval and a template, so that the operator adds nothing of its own', () => {
  expect(wireSpec(minimal, asNew)).toMatchObject({
    refreshInterval: '1h0m0s',
    target: { template: { engineVersion: 'v2', metadata: {} } },
  });
});

test('an interval that nobody asks for stays, and one that leaves the manifest goes back to the default', () => {
  expect(wireSpec(minimal, over({ refreshInterval: '2h0m0s' })).refreshInterval).toBe('2h0m0s');
  expect(wireSpec(minimal, over({ refreshInterval: '2h0m0s' }, true)).refreshInterval).toBe('1h0m0s');
});

test('an interval that means the same keeps the text of whoever wrote it', () => {
  const hourly = { ...minimal, refresh: 3600 };
  expect(wireSpec(hourly, over({ refreshInterval: '60m' })).refreshInterval).toBe('60m');
  expect(wireSpec(hourly, over({ refreshInterval: '61m' })).refreshInterval).toBe('1h0m0s');
});

test('an object without a template gets none, and one whose last label goes is not sent an empty map', () => {
  expect(wireSpec(minimal, over({ target: { creationPolicy: 'Owner' } }))).not.toHaveProperty('target');
  const labelled = { target: { template: { metadata: { labels: { team: 'a' } } } } };
  expect(wireSpec(minimal, over(labelled)).target).toEqual({ template: { engineVersion: 'v2' } });
});

test('reads a live object in the words of the spec, without defaults of the server', () => {
  const spec = {
    secretStoreRef: { name: 'azure', kind: 'ClusterSecretStore' },
    refreshInterval: '90m',
    target: { creationPolicy: 'Owner', deletionPolicy: 'Retain' },
    data: [
      { secretKey: 'user', remoteRef: { key: 'db', property: 'user', decodingStrategy: 'Base64' } },
      {
        secretKey: 'password',
        remoteRef: { key: 'db', conversionStrategy: 'Default', decodingStrategy: 'None', metadataPolicy: 'None' },
      },
    ],
  };
  expect(externalSecretSpecOf(object('ExternalSecret', { namespace: 'team' }, { spec }))).toEqual({
    name: 'database',
    store,
    refresh: 5400,
    target: { name: 'database', creationPolicy: 'Owner', deletionPolicy: 'Retain' },
    data: [
      { key: 'password', remote: { key: 'db' } },
      { key: 'user', remote: { key: 'db', property: 'user', decode: 'Base64' } },
    ],
  });
});

test('a setting that lab has no word for is read under its own name, so that it is seen', () => {
  const entry = {
    secretKey: 'a',
    remoteRef: { key: 'a', metadataPolicy: 'Fetch' },
    sourceRef: { storeRef: { name: 'b' } },
  };
  const { data } = externalSecretSpecOf(object('ExternalSecret', {}, { spec: { data: [entry] } }));
  expect(data).toEqual([
    { key: 'a', remote: { key: 'a', metadataPolicy: 'Fetch' }, sourceRef: { storeRef: { name: 'b' } } },
  ]);
});

test('a store without a kind is a SecretStore', () => {
  const spec = { secretStoreRef: { name: 'own' } };
  expect(externalSecretSpecOf(object('ExternalSecret', {}, { spec }))).toMatchObject({
    store: { name: 'own', kind: 'SecretStore' },
  });
});

test('what was read, written and read again is the same', () => {
  const spec = parse({ ...minimal, refresh: 60, target: { template: { type: 'Opaque' } } });
  const live = externalSecretSpecOf(object('ExternalSecret', {}, { spec: wireSpec(spec, asNew) }));
  expect(live).toMatchObject({ ...spec });
});

test('normalising twice changes nothing, and decode None is the same as no decode', () => {
  const data = [
    { key: 'b', remote: { key: 'b', decode: 'None' } },
    { key: 'a', remote: { key: 'a' } },
  ];
  const once = parse({ store, refresh: '1h', data });
  expect(once).toMatchObject({
    refresh: 3600,
    data: [
      { key: 'a', remote: { key: 'a' } },
      { key: 'b', remote: { key: 'b' } },
    ],
  });
  expect(once.data?.[1]?.remote).not.toHaveProperty('decode');
  expect(parse(once)).toEqual(once);
});

test('is refused before anybody writes it if External Secrets would refuse it', () => {
  const broken = (fields: object) =>
    externalSecret.normalise({ store, data: [{ key: 'a', remote: { key: 'a' } }], ...fields });
  const entry = { key: 'a', remote: { key: 'a' } };
  expect(broken({ data: [entry, entry] })).toMatchObject({
    ok: false,
    found: [{ text: 'data names the key a twice' }],
  });
  expect(broken({ target: { deletionPolicy: 'Delete', creationPolicy: 'Merge' } })).toMatchObject({ ok: false });
  expect(broken({ target: { deletionPolicy: 'Merge', creationPolicy: 'None' } })).toMatchObject({ ok: false });
  expect(broken({ data: [] })).toMatchObject({ ok: false });
  expect(broken({ target: { deletionPolicy: 'Delete' } })).toMatchObject({ ok: true });
});

test('is called as the spec says, lies in its namespace and comes after its store', () => {
  expect(externalSecret.identify(['team', 'database'], {})).toEqual(['team', 'database']);
  expect(externalSecret.identify(['team', 'database'], { name: 'db' })).toEqual(['team', 'db']);
  expect(externalSecret.parent(['team', 'db'], {})).toBe('kubernetes.namespace/team');
  expect(externalSecret.after(['team', 'db'], { store })).toEqual(['external-secrets.cluster-secret-store/azure']);
  expect(externalSecret.after(['team', 'db'], { store: { name: 'own', kind: 'SecretStore' } })).toEqual([
    'external-secrets.secret-store/team/own',
  ]);
});
