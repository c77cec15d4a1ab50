import { describe, expect, test } from 'vitest';
import { buildNodes } from '../../src/engine/node.ts';
import { complaintsAbout, expanded, kinds, resourceAt } from './support/load.ts';

const manifest = (more = '', expose = '') => `apiVersion: lab/v1
name: demo
cluster: { context: c }
stores:
  s: { type: aws-secrets-manager, region: us-east-1, auth: { type: iam-user, user: eso${more} }${expose} }
secrets: { a/x: { readFrom: s, keys: { k: { at: team/app } } } }
`;
const taken = (record: string, property: string) =>
  expect.objectContaining({
    source: {
      from: 'store',
      named: `s/${record}#${property}`,
      address: `aws.secrets-manager-secret/us-east-1/${record}`,
      property,
    },
  });

describe('a store of AWS with a user that lab makes', () => {
  test('comes to a key, its rights, and the Secret that it is handed over in', async () => {
    const loaded = await expanded(manifest());
    expect(resourceAt(loaded, 'aws.iam-access-key/eso').spec).toEqual({
      record: { region: 'us-east-1', name: 'lab-access-key-eso' },
    });
    expect(resourceAt(loaded, 'aws.iam-policy/eso-s').spec).toEqual({
      reads: [{ region: 'us-east-1', names: ['team/app'], prefixes: [] }],
    });
    expect(resourceAt(loaded, 'aws.iam-user-policy-attachment/eso/eso-s').spec).toEqual({});
    expect(resourceAt(loaded, 'kubernetes.secret/external-secrets/lab-store-s').spec).toEqual({
      data: {
        'access-key-id': taken('lab-access-key-eso', 'id'),
        'secret-access-key': taken('lab-access-key-eso', 'secret'),
      },
    });
    expect(loaded.diagnostics).toMatchObject([{ code: 'STATIC_CREDENTIAL' }]);
  });

  test('comes in this order: key, Secret and rights, store', async () => {
    const nodes = buildNodes((await expanded(manifest())).resources, kinds);
    const needs = (address: string) => nodes.get(address)?.needs ?? [];
    expect(needs('kubernetes.secret/external-secrets/lab-store-s')).toContain('aws.iam-access-key/eso');
    expect(needs('external-secrets.cluster-secret-store/s')).toEqual(
      expect.arrayContaining([
        'aws.iam-user-policy-attachment/eso/eso-s',
        'kubernetes.secret/external-secrets/lab-store-s',
      ]),
    );
  });

  test('takes a record, a rotation and the end of the key before', async () => {
    const loaded = await expanded(manifest(', record: keys/eso, rotation: b, previousKey: null'));
    expect(resourceAt(loaded, 'aws.iam-access-key/eso').spec).toEqual({
      record: { region: 'us-east-1', name: 'keys/eso' },
      rotation: 'b',
      previousKey: null,
    });
  });

  test('puts the Secret into each namespace of its SecretStores', async () => {
    const loaded = await expanded(manifest('', ', expose: { kind: SecretStore, namespaces: [a, b] }'));
    for (const namespace of ['a', 'b']) {
      expect(resourceAt(loaded, `kubernetes.secret/${namespace}/lab-store-s`).spec['data']).toHaveProperty(
        'access-key-id',
      );
    }
  });

  test('says what is no name of a user, and where nothing would be granted', async () => {
    expect(await complaintsAbout(manifest(' of mine'))).toEqual([
      expect.stringMatching(/^lab\.yaml:5:\d+ stores\.s\.auth\.user: is no name of a user/),
    ]);
    expect(
      await complaintsAbout(
        manifest('', ', expose: { kind: ClusterSecretStore, namespaces: [a] }')
          .replace('readFrom: s', 'readFrom: t')
          .replace(
            'stores:\n',
            'stores:\n  t: { type: kubernetes, namespace: t, auth: { type: service-account, serviceAccount: a/b } }\n',
          )
          .replace('team/app', 'team'),
      ),
    ).toEqual([expect.stringContaining('grant per-secret gives nothing')]);
  });
});
