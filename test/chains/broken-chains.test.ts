import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Resource } from '../../src/engine/resource.ts';
import { iamAt, strangerAt } from '../providers/aws/server.ts';
import { armOf } from '../sandbox/azure/arm.ts';
import { askToken, send } from '../sandbox/azure/sandbox.ts';
import { account, issuer, type Stage, setStage, subscription, tenant } from './bench.ts';
import { awsChain, azureChain, reading } from './resources.ts';

const worked = { failed: [], diagnostics: [] };
const identity = '/resourceGroups/lab/providers/Microsoft.ManagedIdentity/userAssignedIdentities/eso';
const credential = 'azure.federated-credential/lab/eso/cluster';
const vaultPath = '/resourceGroups/lab/providers/Microsoft.KeyVault/vaults/chain-kv';
const trusted = { issuer, subject: 'system:serviceaccount:eso:azure', audiences: ['api://AzureADTokenExchange'] };

const azurekv = {
  authType: 'WorkloadIdentity',
  tenantId: tenant,
  vaultUrl: 'https://chain-kv.vault.azure.net',
  serviceAccountRef: { name: 'azure', namespace: 'eso' },
};

/** A stranger's hand in the subscription. */
const armAt = ({ sandbox }: Stage) => {
  const { azure } = sandbox;
  if (azure === undefined) throw new Error('the sandbox has Azure');
  return armOf(azure, { client_id: azure.operator.clientId, client_secret: azure.operator.clientSecret });
};

const awsOf = ({ sandbox: { aws } }: Stage) => {
  if (aws === undefined) throw new Error('the sandbox has AWS');
  return aws;
};

const deleteSecret = async (stage: Stage, name: string): Promise<void> => {
  const { azure } = stage.sandbox;
  if (azure === undefined) throw new Error('the sandbox has Azure');
  const { clientId: client_id, clientSecret: client_secret } = azure.operator;
  const { body } = await askToken(azure, { client_id, client_secret });
  const { access_token: token } = z.object({ access_token: z.string() }).parse(body);
  const url = `https://chain-kv.vault.azure.net/secrets/${name}?api-version=7.6`;
  await send(azure, 'DELETE', url, { headers: { authorization: `Bearer ${token}` } });
};

/** What the plan says has to be done, with the fields that somebody else changed. */
const planned = async (stage: Stage, resources: readonly Resource[]) =>
  (await stage.plan(resources)).changes
    .filter(({ actions, standing }) => standing.is !== 'planned' || actions.some((action) => action !== 'none'))
    .map(({ address, actions, fields, notes, missing, standing }) => ({
      address,
      actions,
      ...(standing.is === 'planned' ? {} : { standing }),
      ...(missing === true ? { missing } : {}),
      ...(notes.length === 0 ? {} : { notes }),
      ...(missing === true ? {} : { fields: fields.map(({ path, before, after }) => ({ path, before, after })) }),
    }));

// Somebody else breaks a link; the plan names it, with expected and found, and the next apply mends it.
describe('lab plan names what somebody broke in Azure', () => {
  test.each([
    ['issuer', { issuer: `${issuer}/` }, `${issuer}/`, issuer],
    ['subject', { subject: 'system:serviceaccount:eso:aws' }, 'system:serviceaccount:eso:aws', trusted.subject],
    ['audiences', { audiences: ['lab'] }, ['lab'], trusted.audiences],
  ])('the %s of the trust', async (path, change, before, after) => {
    const stage = await setStage();
    await stage.apply(azureChain());
    const arm = await armAt(stage);
    const properties = { ...trusted, ...change };
    await arm('PUT', `${identity}/federatedIdentityCredentials/cluster`, 'identities', { properties });
    expect(await planned(stage, azureChain())).toEqual([
      {
        address: credential,
        actions: ['update'],
        fields: [{ path, before: { known: before }, after: { known: after } }],
      },
    ]);
    expect(await stage.apply(azureChain())).toMatchObject(worked);
    expect(await stage.failures(azureChain())).toEqual([]);
  });

  test('the role, moved to another scope: External Secrets is shut out, and verify has its own words for it', async () => {
    const stage = await setStage();
    const store = reading({ azurekv }, 'team-app');
    const right = [...azureChain(), ...store];
    expect(await stage.apply(right)).toMatchObject(worked);
    expect(await stage.failures(right)).toEqual([]);
    const moved = [...azureChain({ roleOn: 'team-db' }), ...store];
    expect(await stage.apply(moved)).toMatchObject(worked);
    expect(await stage.failures(moved)).toEqual([
      expect.stringMatching(/^external-secrets\.external-secret\/eso\/app: .*expected .*, found .*ForbiddenByRbac/),
    ]);
    expect(await planned(stage, right)).toMatchObject([
      { address: 'azure.role-assignment/lab/chain-kv/team-app/eso/Key%20Vault%20Secrets%20User', actions: ['create'] },
      { address: 'azure.role-assignment/lab/chain-kv/team-db/eso/Key%20Vault%20Secrets%20User', actions: ['delete'] },
    ]);
  }, 60_000);

  test('the vault, soft-deleted', async () => {
    const stage = await setStage();
    await stage.apply(azureChain());
    const arm = await armAt(stage);
    await arm('DELETE', vaultPath, 'keyVault');
    const [vault] = await planned(stage, azureChain());
    expect(vault).toEqual({
      address: 'azure.key-vault/chain-kv',
      actions: ['recover'],
      missing: true,
      notes: [expect.stringMatching(/was deleted on \S+ and is kept until \S+; it is taken back with its secrets$/)],
    });
    expect(await stage.apply(azureChain())).toMatchObject(worked);
    expect(await stage.failures(azureChain())).toEqual([]);
  });

  test('a secret, deleted and still kept', async () => {
    const stage = await setStage();
    await stage.apply(azureChain());
    await deleteSecret(stage, 'team-app');
    expect(await planned(stage, azureChain())).toMatchObject([
      {
        address: 'azure.key-vault-secret/chain-kv/team-app',
        actions: ['create'],
        notes: [
          expect.stringMatching(/^a secret of this name was deleted on \S+ and is kept until/),
          expect.any(String),
        ],
      },
    ]);
  });

  test('the annotation, taken away', async () => {
    const stage = await setStage();
    await stage.apply(azureChain());
    const { objects } = stage.sandbox.kubernetes;
    const found = objects.get({ group: '', kind: 'ServiceAccount', namespace: 'eso', name: 'azure' });
    if (found === undefined) throw new Error('there is no service account');
    objects.update({ ...found, metadata: { ...found.metadata, annotations: {} } }, 'stranger');
    expect(await planned(stage, azureChain())).toMatchObject([
      {
        address: 'kubernetes.service-account/eso/azure',
        fields: [{ path: 'annotations["azure.workload.identity/client-id"]', before: { absent: true } }],
      },
    ]);
  });

  test('an identity that the directory does not know yet is waited for, and said so', async () => {
    const stage = await setStage({ stalePrincipals: 2 });
    const { events, failed } = await stage.apply(azureChain());
    expect(failed).toEqual([]);
    const waits = events.flatMap((event) => (event.type === 'waiting' ? event.for : []));
    expect(waits).toContain('the directory does not know eso yet');
  });

  test('a subscription that is not the one', async () => {
    const stage = await setStage();
    const elsewhere = subscription.replace(/2$/, '9');
    const connection = await stage.connectTo('azure', { subscription: elsewhere });
    await expect(connection.scope()).rejects.toMatchObject({
      code: 'GUARD',
      message: expect.stringContaining('SubscriptionNotFound'),
      detail: { next: expect.stringContaining('expect.azure.subscription') },
    });
  });
});

interface TrustLinks {
  readonly issuer?: string;
  readonly audience?: string;
  readonly account?: string;
}

const trustOf = (links: TrustLinks): string => {
  const host = (links.issuer ?? issuer).replace('https://', '');
  const { audience = 'sts.amazonaws.com', account: visitor = 'eso:aws' } = links;
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${host}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: { [`${host}:aud`]: audience, [`${host}:sub`]: `system:serviceaccount:${visitor}` },
      },
    },
  });
};

describe('lab plan names what somebody broke in AWS', () => {
  test.each([
    ['the subject', 'system:serviceaccount:eso:other', { account: 'eso:other' }],
    ['the audience', 'lab', { audience: 'lab' }],
    ['the issuer', `${issuer}/`, { issuer: `${issuer}/` }],
  ])('%s of the trust', async (_, found, links: TrustLinks) => {
    const stage = await setStage();
    await stage.apply(awsChain());
    await iamAt(awsOf(stage)).updateAssumeRolePolicy({ RoleName: 'eso', PolicyDocument: trustOf(links) });
    const [role, ...more] = await planned(stage, awsChain());
    expect(more).toEqual([]);
    expect(role).toMatchObject({ address: 'aws.iam-role/eso', actions: ['update'] });
    expect(JSON.stringify(role)).toContain(found.replace('system:serviceaccount:eso:', 'eso/'));
    expect(await stage.apply(awsChain())).toMatchObject(worked);
    expect(await stage.failures(awsChain())).toEqual([]);
  });

  test('a secret, scheduled for deletion', async () => {
    const stage = await setStage();
    await stage.apply(awsChain());
    await strangerAt(awsOf(stage)).deleteSecret({ SecretId: 'team/app', RecoveryWindowInDays: 7 });
    expect(await planned(stage, awsChain())).toMatchObject([
      {
        address: 'aws.secrets-manager-secret/eu-west-1/team%2Fapp',
        missing: true,
        notes: [expect.stringContaining('scheduled for deletion on'), expect.any(String)],
      },
    ]);
  });
});
