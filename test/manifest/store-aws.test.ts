import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { buildNodes } from '../../src/engine/node.ts';
import { isReference } from '../../src/engine/value.ts';
import { complaintsAbout, expanded, kinds, resourceAt } from './support/load.ts';

// The records' own YAML: ADR-002 of illm-k8s-lab and ADR-0023 of floe, each of them with its store of AWS.
const records = {
  'aws-secretsmanager': `
apiVersion: external-secrets.io/v1beta1
kind: ClusterSecretStore
metadata:
  name: aws-secretsmanager
spec:
  provider:
    aws:
      service: SecretsManager
      region: us-east-1
      auth:
        jwt:
          serviceAccountRef:
            name: external-secrets
            namespace: external-secrets
`,
  'aws-secrets-manager': `
apiVersion: external-secrets.io/v1beta1
kind: ClusterSecretStore
metadata:
  name: aws-secrets-manager
spec:
  provider:
    aws:
      service: SecretsManager
      region: us-east-1
      auth:
        jwt:
          serviceAccountRef:
            name: external-secrets
            namespace: external-secrets
`,
};

const irsa = (more = 'identity: { create: eso }') =>
  `{ type: irsa, serviceAccount: external-secrets/external-secrets, ${more} }`;
const store = (auth = irsa(), more = '') => `{ type: aws-secrets-manager, region: us-east-1, auth: ${auth}${more} }`;

const reader = (from: string) => `{ readFrom: ${from}, keys: { k: { at: team/app } } }`;

const manifest = (stores: Readonly<Record<string, string>>, secrets: Readonly<Record<string, string>>) =>
  [
    'apiVersion: lab/v1',
    'name: demo',
    'cluster: { context: c }',
    'stores:',
    ...Object.entries(stores).map(([name, text]) => `  ${name}: ${text}`),
    `secrets: ${Object.keys(secrets).length === 0 ? '{}' : ''}`,
    ...Object.entries(secrets).map(([name, text]) => `  ${name}: ${text}`),
    'environments: { eks: {} }',
    'defaultEnvironment: eks',
    '',
  ].join('\n');

const load = (
  stores: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>> = { 'a/x': reader('s') },
) => expanded(manifest(stores, secrets));
const complaints = (
  stores: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>> = { 'a/x': reader('s') },
) => complaintsAbout(manifest(stores, secrets));

/** A reference as the manifest would have it. */
const shown = (value: unknown): unknown =>
  isReference(value)
    ? value.parts.map((part) => (typeof part === 'string' ? part : `\${${part.address}#${part.output}}`)).join('')
    : value;

describe('a store of AWS with irsa', () => {
  test.each(Object.entries(records))('is the record %s, field by field', async (name, yaml) => {
    const loaded = await load({ [name]: store() }, { 'a/x': reader(name) });
    const { kind, metadata, spec } = parse(yaml);
    expect(kind).toBe('ClusterSecretStore');
    const made = resourceAt(loaded, `external-secrets.cluster-secret-store/${metadata.name}`);
    expect({ provider: made.spec['provider'] }).toEqual(spec);
    expect(made.spec['conditions']).toEqual([{ namespaces: ['a'] }]);
  });

  test("reads as ADR-0023's ExternalSecret of floe says, field by field", async () => {
    const { metadata, spec } = parse(`
apiVersion: external-secrets.io/v1beta1
kind: ExternalSecret
metadata:
  name: snowflake-credentials
  namespace: floe-jobs
spec:
  refreshInterval: 1h
  secretStoreRef:
    name: aws-secrets-manager
    kind: ClusterSecretStore
  target:
    name: snowflake-credentials
    creationPolicy: Owner
  data:
    - secretKey: SNOWFLAKE_ACCOUNT
      remoteRef: { key: floe/prod/snowflake, property: account }
    - secretKey: SNOWFLAKE_USER
      remoteRef: { key: floe/prod/snowflake, property: user }
    - secretKey: SNOWFLAKE_PASSWORD
      remoteRef: { key: floe/prod/snowflake, property: password }
`);
    // In the order of their names, as the kind sorts them.
    const byName = ({ key: a }: { key: string }, { key: b }: { key: string }) => (a < b ? -1 : 1);
    const keys = ['account', 'user', 'password']
      .map((part) => `SNOWFLAKE_${part.toUpperCase()}: { at: "floe/prod/snowflake#${part}" }`)
      .join(', ');
    const loaded = await load(
      { 'aws-secrets-manager': store() },
      { 'floe-jobs/snowflake-credentials': `{ readFrom: aws-secrets-manager, refresh: 1h, keys: { ${keys} } }` },
    );
    const made = resourceAt(loaded, `external-secrets.external-secret/${metadata.namespace}/${metadata.name}`).spec;
    expect(made).toEqual({
      store: spec.secretStoreRef,
      refresh: 3600,
      target: spec.target,
      data: spec.data
        .map(({ secretKey, remoteRef }: { secretKey: string; remoteRef: object }) => ({
          key: secretKey,
          remote: remoteRef,
        }))
        .toSorted(byName),
    });
    expect(resourceAt(loaded, 'aws.iam-policy/eso-aws-secrets-manager').spec).toEqual({
      reads: [{ region: 'us-east-1', names: ['floe/prod/snowflake'], prefixes: [] }],
    });
  });

  test('makes provider, role, policy and attachment, and contributes the annotation', async () => {
    const loaded = await load({ s: store() });
    const made = loaded.resources.filter(({ kind }) => kind.startsWith('aws.') || kind.includes('account'));
    expect(made.map(({ ownership, address, spec }) => ({ ownership, address, spec }))).toEqual([
      {
        ownership: 'contributed',
        address: 'kubernetes.service-account/external-secrets/external-secrets',
        spec: { annotations: { 'eks.amazonaws.com/role-arn': expect.anything() } },
      },
      {
        ownership: 'owned',
        address: 'aws.iam-oidc-provider/demo-eks',
        spec: { issuer: expect.anything(), audiences: ['sts.amazonaws.com'] },
      },
      {
        ownership: 'owned',
        address: 'aws.iam-role/eso',
        spec: {
          trust: {
            issuer: expect.anything(),
            audience: 'sts.amazonaws.com',
            serviceAccounts: ['external-secrets/external-secrets'],
          },
        },
      },
      {
        ownership: 'owned',
        address: 'aws.iam-policy/eso-s',
        spec: { reads: [{ region: 'us-east-1', names: ['team/app'], prefixes: [] }] },
      },
      { ownership: 'owned', address: 'aws.iam-role-policy-attachment/eso/eso-s', spec: {} },
    ]);
    const account = resourceAt(loaded, 'kubernetes.service-account/external-secrets/external-secrets').spec;
    expect(Object.values(account['annotations'] ?? {}).map(shown)).toEqual(['${aws.iam-role/eso#arn}']);
    expect(shown(resourceAt(loaded, 'aws.iam-oidc-provider/demo-eks').spec['issuer'])).toBe(
      '${kubernetes.issuer/cluster#issuer}',
    );
    expect(resourceAt(loaded, 'kubernetes.issuer/cluster').ownership).toBe('expected');
    expect(loaded.diagnostics).toEqual([]);
  });

  test('comes in this order: issuer, provider, role, attachment, store', async () => {
    const nodes = buildNodes((await load({ s: store() })).resources, kinds);
    const needs = (address: string) => nodes.get(address)?.needs ?? [];
    expect(needs('aws.iam-oidc-provider/demo-eks')).toContain('kubernetes.issuer/cluster');
    expect(needs('aws.iam-role/eso')).toContain('aws.iam-oidc-provider/demo-eks');
    expect(needs('aws.iam-role-policy-attachment/eso/eso-s')).toEqual(
      expect.arrayContaining(['aws.iam-role/eso', 'aws.iam-policy/eso-s']),
    );
    expect(needs('external-secrets.cluster-secret-store/s')).toEqual(
      expect.arrayContaining([
        'aws.iam-role-policy-attachment/eso/eso-s',
        'kubernetes.service-account/external-secrets/external-secrets',
      ]),
    );
  });

  test('grants what the manifest reads, a prefix, or all', async () => {
    const reads = async (grant: string) => {
      const loaded = await load({ s: store(irsa(`identity: { create: eso }, grant: ${grant}`)) });
      return resourceAt(loaded, 'aws.iam-policy/eso-s').spec['reads'];
    };
    const region = 'us-east-1';
    expect(await reads('per-secret')).toEqual([{ region, names: ['team/app'], prefixes: [] }]);
    expect(await reads('"prefix:crossplane-"')).toEqual([{ region, names: [], prefixes: ['crossplane-'] }]);
    expect(await reads('vault')).toEqual([{ region, names: [], prefixes: [''] }]);
  });

  test("takes a role that is there as it is: only the annotation is lab's", async () => {
    const arn = 'arn:aws:iam::123456789012:role/team/eso';
    const loaded = await load({ s: store(irsa(`identity: { existing: "${arn}" }`)) });
    expect(loaded.resources.filter(({ kind }) => kind.startsWith('aws.'))).toEqual([]);
    const { spec } = resourceAt(loaded, 'kubernetes.service-account/external-secrets/external-secrets');
    expect(spec).toEqual({ annotations: { 'eks.amazonaws.com/role-arn': arn } });
  });

  test('shares the provider with other stores, and the role where it is the same identity', async () => {
    const other = store().replace('us-east-1', 'eu-west-1');
    const loaded = await load({ s: store(), t: other }, { 'a/x': reader('s'), 'b/y': reader('t') });
    const made = loaded.resources.filter(({ kind }) => kind.startsWith('aws.')).map(({ address }) => address);
    expect(made).toEqual([
      'aws.iam-oidc-provider/demo-eks',
      'aws.iam-role/eso',
      'aws.iam-policy/eso-s',
      'aws.iam-role-policy-attachment/eso/eso-s',
      'aws.iam-policy/eso-t',
      'aws.iam-role-policy-attachment/eso/eso-t',
    ]);
  });

  test('is a SecretStore in each namespace, with the service account of that namespace', async () => {
    const auth = irsa().replace('external-secrets/external-secrets', 'airflow/reader');
    const loaded = await load(
      { s: store(auth, ', expose: { kind: SecretStore, namespaces: [airflow] }') },
      { 'airflow/x': reader('s') },
    );
    expect(resourceAt(loaded, 'external-secrets.secret-store/airflow/s').spec['provider']).toEqual({
      aws: {
        service: 'SecretsManager',
        region: 'us-east-1',
        auth: { jwt: { serviceAccountRef: { name: 'reader' } } },
      },
    });
    expect(await complaints({ s: store(irsa(), ', expose: { kind: SecretStore, namespaces: [a] }') })).toEqual([
      expect.stringContaining('a SecretStore in a can only log in as a service account of a'),
    ]);
  });

  test('that is exposed to nobody makes no identity', async () => {
    const loaded = await load({ s: store(irsa(), ', expose: none') }, {});
    expect(loaded.resources).toEqual([]);
  });

  test('says what is wrong at its line', async () => {
    expect(await complaints({ s: store(irsa('identity: { create: "a b" }')) })).toEqual([
      expect.stringContaining('is no name of a role'),
    ]);
    expect(await complaints({ s: store(irsa('identity: { existing: eso }')) })).toEqual([
      expect.stringContaining('is no ARN of a role'),
    ]);
    expect(await complaints({ s: store(irsa('identity: { create: eso }, grant: everything')) })).toEqual([
      expect.stringContaining('is no grant; write per-secret, prefix:NAME or vault'),
    ]);
    const existing = 'identity: { existing: "arn:aws:iam::123456789012:role/eso" }, grant: vault';
    expect(await complaints({ s: store(irsa(existing)) })).toEqual([
      expect.stringContaining('an existing one brings its own rights'),
    ]);
    const all = ', expose: { kind: ClusterSecretStore, namespaces: all }';
    expect(await complaints({ s: store(irsa(), all) }, {})).toEqual([
      expect.stringContaining('grant per-secret gives nothing'),
    ]);
    const two = { s: store(), t: store(irsa('identity: { create: other }')) };
    expect(await complaints(two, { 'a/x': reader('s'), 'b/y': reader('t') })).toEqual([
      expect.stringContaining('has another value at'),
    ]);
  });
});
