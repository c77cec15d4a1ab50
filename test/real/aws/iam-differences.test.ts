import { join } from 'node:path';
import type { IAM } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AwsSandbox, startAwsSandbox } from '../../../src/sandbox/aws/start.ts';
import { iamAt, uniqueName } from '../../providers/aws/server.ts';
import { type Moto, startMoto } from '../../servers/moto.ts';
import { createRunFolder, type RunFolder } from '../../servers/run-folders.ts';

let folder: RunFolder;
let moto: Moto;
let sandbox: AwsSandbox;
beforeAll(async () => {
  folder = await createRunFolder();
  moto = await startMoto({ dir: join(folder.dir, 'moto') });
  sandbox = await startAwsSandbox({ seed: 'differences', account: moto.account });
});
afterAll(async () => {
  await sandbox.stop();
  await folder.remove();
});

type Call = (api: IAM, name: string) => Promise<object>;

const policyArn = (name: string): string => `arn:aws:iam::123456789012:policy/${name}`;
const providerArn = (name: string): string => `arn:aws:iam::123456789012:oidc-provider/oidc.example.com/${name}`;
const trust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};
const document = (Action = 's3:GetObject') =>
  JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action, Resource: '*' } });
const Tags = [{ Key: 't', Value: '1' }];

const createProvider: Call = (api, name) =>
  api.createOpenIDConnectProvider({
    Url: `https://oidc.example.com/${name}`,
    ClientIDList: ['sts.amazonaws.com'],
    Tags,
  });
const getProvider: Call = async (api, name) => {
  const found = await api.getOpenIDConnectProvider({ OpenIDConnectProviderArn: providerArn(name) });
  return { audiences: found.ClientIDList, tags: found.Tags, url: found.Url?.replace(name, 'NAME') };
};
const deleteProvider: Call = (api, name) =>
  api.deleteOpenIDConnectProvider({ OpenIDConnectProviderArn: providerArn(name) });
const addAudience: Call = (api, name) =>
  api.addClientIDToOpenIDConnectProvider({ OpenIDConnectProviderArn: providerArn(name), ClientID: 'lab' });

const createRole: Call = (api, RoleName) =>
  api.createRole({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust), Description: 'said', Tags });
const getRole: Call = async (api, RoleName) => {
  const { Role } = await api.getRole({ RoleName });
  const { AssumeRolePolicyDocument = '', Description, MaxSessionDuration, Tags: tags } = Role ?? {};
  return { trust: JSON.parse(decodeURIComponent(AssumeRolePolicyDocument)), Description, MaxSessionDuration, tags };
};
const updateRole: Call = (api, RoleName) => api.updateRole({ RoleName, MaxSessionDuration: 7200 });
const deleteRole: Call = (api, RoleName) => api.deleteRole({ RoleName });
const badTrust: Call = (api, RoleName) => api.createRole({ RoleName, AssumeRolePolicyDocument: '{' });
const attach: Call = (api, name) => api.attachRolePolicy({ RoleName: name, PolicyArn: policyArn(name) });
const detach: Call = (api, name) => api.detachRolePolicy({ RoleName: name, PolicyArn: policyArn(name) });
const attached: Call = async (api, RoleName) => {
  const { AttachedPolicies = [], IsTruncated } = await api.listAttachedRolePolicies({ RoleName });
  return { count: AttachedPolicies.length, IsTruncated };
};

const createPolicy: Call = (api, PolicyName) => api.createPolicy({ PolicyName, PolicyDocument: document(), Tags });
const getPolicy: Call = async (api, name) => {
  const { Policy } = await api.getPolicy({ PolicyArn: policyArn(name) });
  return { version: Policy?.DefaultVersionId, attached: Policy?.AttachmentCount, tags: Policy?.Tags };
};
const addVersion: Call = (api, name) =>
  api.createPolicyVersion({ PolicyArn: policyArn(name), PolicyDocument: document('s3:PutObject'), SetAsDefault: true });
const removeVersion =
  (VersionId: string): Call =>
  (api, name) =>
    api.deletePolicyVersion({ PolicyArn: policyArn(name), VersionId });
const versions: Call = async (api, name) => {
  const { Versions = [] } = await api.listPolicyVersions({ PolicyArn: policyArn(name) });
  return { ids: Versions.flatMap(({ VersionId }) => VersionId ?? []).toSorted() };
};
const says: Call = async (api, name) => {
  const { PolicyVersion } = await api.getPolicyVersion({ PolicyArn: policyArn(name), VersionId: 'v1' });
  return { document: JSON.parse(decodeURIComponent(PolicyVersion?.Document ?? '')) };
};
const holders: Call = async (api, name) => {
  const { PolicyRoles = [] } = await api.listEntitiesForPolicy({ PolicyArn: policyArn(name) });
  return { count: PolicyRoles.length };
};
const deletePolicy: Call = (api, name) => api.deletePolicy({ PolicyArn: policyArn(name) });
const badPolicy: Call = (api, PolicyName) => api.createPolicy({ PolicyName, PolicyDocument: '{' });
const oldPolicy: Call = (api, PolicyName) =>
  api.createPolicy({ PolicyName, PolicyDocument: document().replace('2012-10-17', '2008-10-17') });

const createUser: Call = (api, UserName) => api.createUser({ UserName, Tags });
const getUser: Call = async (api, UserName) => ({ tags: (await api.getUser({ UserName })).User?.Tags });
const deleteUser: Call = (api, UserName) => api.deleteUser({ UserName });
const createKey: Call = async (api, UserName) => {
  const { AccessKey } = await api.createAccessKey({ UserName });
  return {
    id: AccessKey?.AccessKeyId?.slice(0, 4),
    idLength: AccessKey?.AccessKeyId?.length,
    Status: AccessKey?.Status,
  };
};
const listKeys: Call = async (api, UserName) => {
  const { AccessKeyMetadata = [] } = await api.listAccessKeys({ UserName });
  return { count: AccessKeyMetadata.length };
};
const removeNoKey: Call = (api, UserName) => api.deleteAccessKey({ UserName, AccessKeyId: 'AKIAIOSFODNN7NOTHERE' });
const attachToUser: Call = (api, name) => api.attachUserPolicy({ UserName: name, PolicyArn: policyArn(name) });
const detachFromUser: Call = (api, name) => api.detachUserPolicy({ UserName: name, PolicyArn: policyArn(name) });
const attachedToUser: Call = async (api, UserName) => {
  const { AttachedPolicies = [] } = await api.listAttachedUserPolicies({ UserName });
  return { count: AttachedPolicies.length };
};

/** Every call that lab makes, and what it may meet: calls in turn, of which the last one is compared. */
const scenarios: Readonly<Record<string, readonly Call[]>> = {
  'provider of none': [getProvider],
  'provider made': [createProvider, getProvider],
  'provider made twice': [createProvider, createProvider],
  'provider gone': [createProvider, deleteProvider, getProvider],
  'provider gone twice': [createProvider, deleteProvider, deleteProvider],
  'provider with another audience': [createProvider, addAudience],
  'role of none': [getRole],
  'role made': [createRole, getRole],
  'role made twice': [createRole, createRole],
  'role with other settings': [createRole, updateRole, getRole],
  'role with a broken trust': [badTrust],
  'role gone twice': [createRole, deleteRole, deleteRole],
  'role gone while a policy is attached': [createRole, createPolicy, attach, deleteRole],
  'policies of no role': [attached],
  'policies of a role': [createRole, createPolicy, attach, attached],
  'attached twice': [createRole, createPolicy, attach, attach],
  'attached to no role': [createPolicy, attach],
  'no policy attached': [createRole, attach],
  'detached twice': [createRole, createPolicy, attach, detach, detach],
  'policy of none': [getPolicy],
  'policy made': [createPolicy, getPolicy],
  'policy says': [createPolicy, says],
  'policy made twice': [createPolicy, createPolicy],
  'policy that is no JSON': [badPolicy],
  'policy of the old version': [oldPolicy],
  'policy with versions': [createPolicy, addVersion, addVersion, versions],
  'policy with a version too many': [createPolicy, addVersion, addVersion, addVersion, addVersion, addVersion],
  'policy without an old version': [createPolicy, addVersion, removeVersion('v1'), versions],
  'policy without the version in force': [createPolicy, addVersion, removeVersion('v2')],
  'policy without a version that is not there': [createPolicy, removeVersion('v9')],
  'policy gone with old versions': [createPolicy, addVersion, deletePolicy],
  'policy gone while attached': [createRole, createPolicy, attach, deletePolicy],
  'policy gone twice': [createPolicy, deletePolicy, deletePolicy],
  'holders of a policy': [createRole, createPolicy, attach, holders],
  'holders of none': [holders],
  'user of none': [getUser],
  'user made': [createUser, getUser],
  'user made twice': [createUser, createUser],
  'user gone twice': [createUser, deleteUser, deleteUser],
  'user gone with a key': [createUser, createKey, deleteUser],
  'user gone while a policy is attached': [createUser, createPolicy, attachToUser, deleteUser],
  'key of no user': [createKey],
  'key made': [createUser, createKey],
  'keys of a user': [createUser, createKey, createKey, listKeys],
  'a third key': [createUser, createKey, createKey, createKey],
  'key gone that is not there': [createUser, removeNoKey],
  'policies of a user': [createUser, createPolicy, attachToUser, attachedToUser],
  'policies of no user': [attachedToUser],
  'detached from a user twice': [createUser, createPolicy, attachToUser, detachFromUser, detachFromUser],
};

/** Where moto is not as AWS documents it and the sandbox sides with AWS. Source: API reference of IAM, by operation. */
const motoDiffers: Readonly<Record<string, unknown>> = {
  // It cannot change the audiences of a provider at all.
  'provider with another audience': '500 Error',
  // It looks at policies of users and groups only.
  'role with a broken trust': 'made',
  // It deletes whatever still hangs on a policy, and a user with its keys.
  'policy gone with old versions': {},
  'policy gone while attached': {},
  'holders of none': { count: 0 },
  'user gone with a key': {},
};

/** What is the same in every run and on every server: names of errors with their status, or the answer. */
const outcomeOf = async (api: IAM, calls: readonly Call[], name: string): Promise<unknown> => {
  const last = calls.at(-1);
  for (const call of calls.slice(0, -1)) await call(api, name);
  try {
    const { $metadata: _, ...answer } = Object(await last?.(api, name));
    return 'User' in answer || 'Role' in answer || 'Policy' in answer || 'PolicyVersion' in answer ? 'made' : answer;
  } catch (error) {
    if (!(error instanceof Error) || !('$metadata' in error)) throw error;
    return `${Object(error.$metadata).httpStatusCode} ${error.name}`;
  }
};

describe('sandbox and moto answer alike in IAM', () => {
  test.each(Object.entries(scenarios))('%s', async (scenario, calls) => {
    const [ours, theirs] = await Promise.all(
      [sandbox, moto].map((server) => outcomeOf(iamAt(server), calls, uniqueName('difference').replace('/', '-'))),
    );
    const known = Object.hasOwn(motoDiffers, scenario);
    expect(theirs).toEqual(known ? motoDiffers[scenario] : ours);
    if (known) expect(theirs).not.toEqual(ours);
  });
});
