import { describe, expect, test } from 'vitest';
import type { Plan } from '../../src/engine/change.ts';
import type { Resource } from '../../src/engine/resource.ts';
import type { Fields } from '../../src/engine/value.ts';
import { iamAt } from '../providers/aws/server.ts';
import { resource } from '../support/world.ts';
import { account, issuer, setStage, tenant } from './bench.ts';
import { awsChain, azureChain, reading } from './resources.ts';

const credential = 'azure.federated-credential/lab/eso/cluster';
const provider = 'aws.iam-oidc-provider/cluster';
const role = 'aws.iam-role/eso';

/** The same resources, each written at a line of its own. */
const inLines = (resources: readonly Resource[]): readonly Resource[] =>
  resources.map((one, index) => ({ ...one, origin: { ...one.origin, line: index + 1 } }));

const lineOf = (resources: readonly Resource[], address: string): number =>
  resources.findIndex((one) => one.address === address) + 1;

/** With another spec at an address. */
const having = (resources: readonly Resource[], address: string, spec: Fields): readonly Resource[] =>
  resources.map((one) => (one.address === address ? { ...one, spec } : one));

const said = ({ diagnostics }: Plan) =>
  diagnostics.map(({ severity, address, at, message }) => ({ severity, address, at, message }));

// What is written by hand under `resources:`: nothing is there yet, and the plan already knows better.
describe('lab plan names what the manifest has wrong', () => {
  test.each<[string, readonly Resource[], string, string, string]>([
    [
      'the issuer of a credential, with a slash too many',
      azureChain({ issuer: `${issuer}/` }),
      credential,
      'eso/azure',
      `issuer expected ${issuer}, found ${issuer}/`,
    ],
    [
      'the subject of a credential, in upper case',
      azureChain({ subject: 'system:serviceaccount:eso:Azure' }),
      credential,
      'eso/azure',
      'subject expected system:serviceaccount:eso:azure, found system:serviceaccount:eso:Azure',
    ],
    [
      'the audience of a credential',
      azureChain({ audience: 'lab' }),
      credential,
      'eso/azure',
      'audience expected api://AzureADTokenExchange, found lab',
    ],
    [
      'all of a credential at once',
      azureChain({ audience: 'lab', issuer: 'https://other', subject: 'repo:lab' }),
      credential,
      'eso/azure',
      `issuer expected ${issuer}, found https://other; subject expected system:serviceaccount:eso:azure, found repo:lab; audience expected api://AzureADTokenExchange, found lab`,
    ],
    [
      'the issuer of a trust, with a slash too many',
      awsChain({ issuer: `${issuer}/` }),
      role,
      'eso/aws',
      `issuer expected ${issuer}, found ${issuer}/`,
    ],
    [
      'the service account of a trust',
      awsChain({ account: 'eso/other' }),
      role,
      'eso/aws',
      'subject expected system:serviceaccount:eso:aws, found system:serviceaccount:eso:other',
    ],
    [
      'the audience of a trust',
      awsChain({ audience: 'lab' }),
      role,
      'eso/aws',
      'audience expected sts.amazonaws.com, found lab',
    ],
    [
      'a trust that is written as a policy',
      having(awsChain(), role, {
        trustPolicy: {
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/kubernetes.default.svc` },
            Action: 'sts:AssumeRoleWithWebIdentity',
            Condition: {
              StringEquals: {
                'kubernetes.default.svc:aud': 'sts.amazonaws.com',
                'kubernetes.default.svc:sub': 'system:serviceaccount:aws:eso',
              },
            },
          },
        },
      }),
      role,
      'eso/aws',
      'subject expected system:serviceaccount:eso:aws, found system:serviceaccount:aws:eso',
    ],
    [
      'the issuer of a provider, with a slash too many',
      having(awsChain(), provider, { issuer: `${issuer}/`, audiences: ['sts.amazonaws.com'] }),
      provider,
      'eso/aws',
      `issuer expected ${issuer}, found ${issuer}/`,
    ],
    [
      'the audience of a provider',
      having(awsChain(), provider, { issuer, audiences: ['lab'] }),
      provider,
      'eso/aws',
      'audience expected sts.amazonaws.com, found lab',
    ],
  ])('%s', async (_, given, address, visitor, found) => {
    const stage = await setStage();
    const resources = inLines(given);
    const at = lineOf(resources, address);
    const where = lineOf(resources, `kubernetes.service-account/${visitor}`);
    const planned = await stage.plan(resources);
    expect(said(planned)).toEqual([
      {
        severity: 'error',
        address,
        at: `lab.yaml:${at}:1`,
        message: `lets no token of service account ${visitor} (lab.yaml:${where}) in: ${found}`,
      },
    ]);
    expect(planned.errored).toBe(true);
    const applied = await stage.apply(resources);
    expect(applied.failed).toEqual([address]);
    expect(applied.done).toContain(`kubernetes.service-account/${visitor}`);
  });

  test('an account that is forgotten beside another one', async () => {
    const stage = await setStage();
    const [identity] = azureChain().flatMap(({ address, spec }) =>
      address === 'kubernetes.service-account/eso/azure' ? [spec] : [],
    );
    const forgotten = resource('kubernetes.service-account/eso/second', identity ?? {}, { line: 7 });
    expect(said(await stage.plan([...azureChain(), forgotten]))).toEqual([
      {
        severity: 'error',
        address: forgotten.address,
        at: 'lab.yaml:7:1',
        message: `nobody lets system:serviceaccount:eso:second in where its annotations say: ${credential} (lab.yaml:1) is for system:serviceaccount:eso:azure`,
      },
    ]);
  });
});

// Source of what External Secrets takes: its Azure and AWS providers.
describe('lab plan names a store that finds no login in the annotations of its service account, or two', () => {
  const visitor = 'kubernetes.service-account/eso/azure';
  const serviceAccountRef = { name: 'azure', namespace: 'eso' };
  const vaultUrl = 'https://chain-kv.vault.azure.net';
  const azurekv = { authType: 'WorkloadIdentity', vaultUrl, serviceAccountRef };

  /** The error of the store over these resources, if there is one. */
  const ofStore = async (resources: readonly Resource[], block: Fields) => {
    const stage = await setStage();
    const [store, ...readers] = reading(block, 'team-app');
    return said(await stage.plan([...resources, ...(store === undefined ? [] : [store]), ...readers])).filter(
      ({ address }) => address === store?.address,
    );
  };
  const saying = (message: string) => [
    {
      severity: 'error',
      address: 'external-secrets.cluster-secret-store/store',
      at: 'lab.yaml:1:1',
      message,
    },
  ];

  test('a client id in a Secret beside the annotation', async () => {
    const authSecretRef = { clientId: { name: 'login', key: 'id', namespace: 'eso' } };
    expect(await ofStore(azureChain(), { azurekv: { ...azurekv, authSecretRef } })).toEqual(
      saying(
        'says twice whom it logs in as: by azurekv.authSecretRef.clientId, and by the annotation azure.workload.identity/client-id of service account eso/azure (lab.yaml:1)',
      ),
    );
  });

  test('a tenant in the store beside the annotation', async () => {
    const annotations = { 'azure.workload.identity/client-id': 'x', 'azure.workload.identity/tenant-id': tenant };
    const both = having(azureChain(), visitor, { annotations });
    expect(await ofStore(both, { azurekv: { ...azurekv, tenantId: tenant } })).toEqual(
      saying(
        'says twice whom it logs in as: by azurekv.tenantId, and by the annotation azure.workload.identity/tenant-id of service account eso/azure (lab.yaml:1)',
      ),
    );
  });

  test('no annotation', async () => {
    expect(await ofStore(azureChain({ clientId: null }), { azurekv })).toEqual(
      saying(
        'does not find whom it logs in as: service account eso/azure (lab.yaml:1) is expected to have the annotation azure.workload.identity/client-id, and has none',
      ),
    );
    const aws = { service: 'SecretsManager', region: 'eu-west-1' };
    const jwt = { serviceAccountRef: { name: 'aws', namespace: 'eso' } };
    expect(await ofStore(awsChain({ role: null }), { aws: { ...aws, auth: { jwt } } })).toEqual(
      saying(
        'does not find whom it logs in as: service account eso/aws (lab.yaml:1) is expected to have the annotation eks.amazonaws.com/role-arn, and has none',
      ),
    );
  });

  test('but not one whose account somebody else makes, before it is there; then its annotations count', async () => {
    const stage = await setStage();
    const contributed = azureChain({ clientId: null }).map(
      (one): Resource => (one.address === visitor ? { ...one, ownership: 'contributed' } : one),
    );
    const resources = [...contributed, ...reading({ azurekv }, 'team-app')];
    const named = async () => said(await stage.plan(resources)).map(({ address }) => address);
    expect(await named()).toEqual([]);
    const { objects } = stage.sandbox.kubernetes;
    objects.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'eso' } }, 'chart');
    const made = objects.create(
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'azure', namespace: 'eso' } },
      'chart',
    );
    expect(await named()).toEqual(['external-secrets.cluster-secret-store/store']);
    const annotations = { 'azure.workload.identity/client-id': 'made by somebody' };
    objects.update({ ...made, metadata: { ...made.metadata, annotations } }, 'chart');
    expect(await named()).toEqual([]);
  });
});

describe('lab plan says nothing of', () => {
  const planned = async (resources: readonly Resource[]) => said(await (await setStage()).plan(resources));

  test('chains whose every link is right', async () => {
    expect(await planned(azureChain())).toEqual([]);
    expect(await planned(awsChain())).toEqual([]);
  });

  test('a trust of another cluster beside the right one', async () => {
    const elsewhere = resource('azure.federated-credential/lab/eso/elsewhere', {
      issuer: 'https://elsewhere',
      subject: 'system:serviceaccount:eso:azure',
      audiences: ['api://AzureADTokenExchange'],
    });
    expect(await planned([...azureChain(), elsewhere])).toEqual([]);
  });

  test('a trust of whom no account is annotated with', async () => {
    expect(await planned(azureChain({ clientId: null, subject: 'repo:lab', audience: 'lab' }))).toEqual([]);
  });

  test('an account that is let in by what is there already', async () => {
    const stage = await setStage();
    await stage.apply(azureChain());
    const there = azureChain().map(
      (one): Resource => (one.address === credential ? { ...one, ownership: 'expected' } : one),
    );
    const beside = resource('azure.federated-credential/lab/eso/other', {
      issuer,
      subject: 'system:serviceaccount:eso:other',
      audiences: ['api://AzureADTokenExchange'],
    });
    expect(said(await stage.plan([...there, beside]))).toEqual([]);
    const alone = there.filter(({ address }) => address !== credential);
    expect(said(await stage.plan([...alone, beside]))).toMatchObject([{ address: beside.address }]);
  });

  test('an issuer that the account of AWS holds already', async () => {
    const stage = await setStage();
    const { aws } = stage.sandbox;
    if (aws === undefined) throw new Error('the sandbox has AWS');
    await iamAt(aws).createOpenIDConnectProvider({ Url: issuer, ClientIDList: ['sts.amazonaws.com'] });
    const github = { issuer: 'https://token.actions.githubusercontent.com', audiences: ['sts.amazonaws.com'] };
    expect(said(await stage.plan(having(awsChain(), provider, github)))).toEqual([]);
  });

  test('a service account that asks for the audience of the trust', async () => {
    const asking = having(awsChain({ audience: 'lab' }), 'kubernetes.service-account/eso/aws', {
      annotations: {
        'eks.amazonaws.com/role-arn': `arn:aws:iam::${account}:role/eso`,
        'eks.amazonaws.com/audience': 'lab',
      },
    });
    const letIn = having(asking, provider, { issuer, audiences: ['lab'] });
    expect(await planned(letIn)).toEqual([]);
  });
});

test('once the identity is there, an account that writes its client id out is known as well', async () => {
  const stage = await setStage();
  const { done } = await stage.apply(azureChain());
  expect(done).toContain(credential);
  const { objects } = stage.sandbox.kubernetes;
  const found = objects.get({ group: '', kind: 'ServiceAccount', namespace: 'eso', name: 'azure' });
  const clientId = found?.metadata.annotations?.['azure.workload.identity/client-id'] ?? '';
  const written = azureChain({ clientId, subject: 'system:serviceaccount:eso:Azure' });
  expect(said(await stage.plan(written))).toMatchObject([{ address: credential }]);
});
