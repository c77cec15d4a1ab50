import { type StoredPolicy, seconds } from './content.ts';
import {
  holdersOf,
  type IamOperation,
  type IamPlace,
  inUse,
  need,
  newId,
  noneOfPolicy,
  policyAt,
  tagList,
  taken,
  time,
  tooMany,
} from './iam-place.ts';
import { statementsOf } from './policy.ts';
import { listIn, tagsIn, type Xml } from './query.ts';

// Source: "IAM and AWS STS quotas".
const mostVersions = 5;

const arnIn = (form: URLSearchParams): string => need(form, 'PolicyArn');

const documentIn = (form: URLSearchParams): string => {
  const text = need(form, 'PolicyDocument');
  statementsOf(text, 'Resource');
  return text;
};

const policyXml = (policy: StoredPolicy, attached: number): Xml => ({
  PolicyName: policy.name,
  PolicyId: policy.id,
  Arn: policy.arn,
  Path: '/',
  DefaultVersionId: policy.current,
  AttachmentCount: String(attached),
  IsAttachable: 'true',
  Description: policy.description === '' ? undefined : policy.description,
  CreateDate: time(policy.createdAt),
  UpdateDate: time(policy.versions[policy.current]?.createdAt ?? policy.createdAt),
  Tags: tagList(policy.tags),
});

export const createPolicy: IamOperation = (form, { account, iam }) => {
  const name = need(form, 'PolicyName');
  const text = documentIn(form);
  const arn = `arn:aws:iam::${account}:policy/${name}`;
  if (Object.hasOwn(iam.policies, arn)) {
    throw taken(`A policy called ${name} already exists. Duplicate names are not allowed.`);
  }
  const createdAt = seconds();
  const policy: StoredPolicy = {
    name,
    id: newId('ANPA'),
    arn,
    description: form.get('Description') ?? '',
    createdAt,
    tags: tagsIn(form),
    versions: { v1: { text, createdAt } },
    current: 'v1',
    count: 1,
  };
  iam.policies[arn] = policy;
  return { Policy: policyXml(policy, 0) };
};

const countOf = (place: IamPlace, arn: string): number => {
  const { roles, users } = holdersOf(place, arn);
  return roles.length + users.length;
};

export const getPolicy: IamOperation = (form, place) => {
  const policy = policyAt(place, arnIn(form));
  return { Policy: policyXml(policy, countOf(place, policy.arn)) };
};

const versionXml = ({ versions, current }: StoredPolicy, id: string): { readonly [name: string]: Xml } => ({
  VersionId: id,
  IsDefaultVersion: String(id === current),
  CreateDate: time(versions[id]?.createdAt ?? 0),
});

export const getVersion: IamOperation = (form, place) => {
  const policy = policyAt(place, arnIn(form));
  const id = need(form, 'VersionId');
  const version = policy.versions[id];
  if (version === undefined)
    throw noneOfPolicy(`Policy ${policy.arn} version ${id} does not exist or is not attachable.`);
  return { PolicyVersion: { ...versionXml(policy, id), Document: encodeURIComponent(version.text) } };
};

export const listVersions: IamOperation = (form, place) => {
  const policy = policyAt(place, arnIn(form));
  const ids = Object.keys(policy.versions).toReversed();
  return { Versions: ids.map((id) => versionXml(policy, id)), IsTruncated: 'false' };
};

export const createVersion: IamOperation = (form, place) => {
  const policy = policyAt(place, arnIn(form));
  const text = documentIn(form);
  if (Object.keys(policy.versions).length === mostVersions) {
    throw tooMany(
      'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
    );
  }
  policy.count += 1;
  const id = `v${policy.count}`;
  policy.versions[id] = { text, createdAt: seconds() };
  if (form.get('SetAsDefault') === 'true') policy.current = id;
  return { PolicyVersion: versionXml(policy, id) };
};

export const deleteVersion: IamOperation = (form, place) => {
  const policy = policyAt(place, arnIn(form));
  const id = need(form, 'VersionId');
  if (!Object.hasOwn(policy.versions, id)) throw noneOfPolicy(`Policy ${policy.arn} version ${id} does not exist.`);
  if (id === policy.current) throw inUse('Cannot delete the default version of a policy.');
  Reflect.deleteProperty(policy.versions, id);
  return undefined;
};

export const tagPolicy: IamOperation = (form, place) => {
  Object.assign(policyAt(place, arnIn(form)).tags, tagsIn(form));
  return undefined;
};

export const untagPolicy: IamOperation = (form, place) => {
  const { tags } = policyAt(place, arnIn(form));
  for (const name of listIn(form, 'TagKeys')) Reflect.deleteProperty(tags, name);
  return undefined;
};

export const deletePolicy: IamOperation = (form, place) => {
  const policy = policyAt(place, arnIn(form));
  if (countOf(place, policy.arn) > 0) throw inUse('Cannot delete a policy attached to entities.');
  if (Object.keys(policy.versions).length > 1) {
    throw inUse(
      "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
    );
  }
  Reflect.deleteProperty(place.iam.policies, policy.arn);
  return undefined;
};

export const listHolders: IamOperation = (form, place) => {
  const { arn } = policyAt(place, arnIn(form));
  const { roles, users } = holdersOf(place, arn);
  const PolicyRoles = roles.map(({ name, id }) => ({ RoleName: name, RoleId: id }));
  const PolicyUsers = users.map(({ name, id }) => ({ UserName: name, UserId: id }));
  return { PolicyRoles, PolicyUsers, PolicyGroups: [], IsTruncated: 'false' };
};
