import { type StoredRole, seconds } from './content.ts';
import {
  type IamOperation,
  inUse,
  need,
  newId,
  noneOfPolicy,
  policyAt,
  roleNamed,
  tagList,
  taken,
  time,
  tooMany,
} from './iam-place.ts';
import { statementsOf } from './policy.ts';
import { listIn, tagsIn, type Xml } from './query.ts';

// Source: "IAM and AWS STS quotas".
const mostAttached = 10;

const nameIn = (form: URLSearchParams): string => need(form, 'RoleName');

const roleXml = ({ name, id, arn, trust, description, maxSession, createdAt, tags }: StoredRole): Xml => ({
  Path: '/',
  RoleName: name,
  RoleId: id,
  Arn: arn,
  CreateDate: time(createdAt),
  AssumeRolePolicyDocument: encodeURIComponent(trust),
  Description: description === '' ? undefined : description,
  MaxSessionDuration: String(maxSession),
  Tags: Object.keys(tags).length === 0 ? undefined : tagList(tags),
});

export const createRole: IamOperation = (form, { account, iam }) => {
  const name = nameIn(form);
  const trust = need(form, 'AssumeRolePolicyDocument');
  statementsOf(trust, 'Principal');
  if (Object.hasOwn(iam.roles, name)) throw taken(`Role with name ${name} already exists.`);
  const role: StoredRole = {
    name,
    id: newId('AROA'),
    arn: `arn:aws:iam::${account}:role/${name}`,
    trust,
    description: form.get('Description') ?? '',
    maxSession: Number(form.get('MaxSessionDuration') ?? 3600),
    createdAt: seconds(),
    tags: tagsIn(form),
    attached: [],
  };
  iam.roles[name] = role;
  return { Role: roleXml(role) };
};

export const getRole: IamOperation = (form, place) => ({ Role: roleXml(roleNamed(place, nameIn(form))) });

export const updateTrust: IamOperation = (form, place) => {
  const role = roleNamed(place, nameIn(form));
  const trust = need(form, 'PolicyDocument');
  statementsOf(trust, 'Principal');
  role.trust = trust;
  return undefined;
};

export const updateRole: IamOperation = (form, place) => {
  const role = roleNamed(place, nameIn(form));
  role.description = form.get('Description') ?? '';
  role.maxSession = Number(form.get('MaxSessionDuration') ?? 3600);
  return {};
};

export const tagRole: IamOperation = (form, place) => {
  Object.assign(roleNamed(place, nameIn(form)).tags, tagsIn(form));
  return undefined;
};

export const untagRole: IamOperation = (form, place) => {
  const { tags } = roleNamed(place, nameIn(form));
  for (const name of listIn(form, 'TagKeys')) Reflect.deleteProperty(tags, name);
  return undefined;
};

export const deleteRole: IamOperation = (form, place) => {
  const { name, attached } = roleNamed(place, nameIn(form));
  if (attached.length > 0) throw inUse('Cannot delete entity, must detach all policies first.');
  Reflect.deleteProperty(place.iam.roles, name);
  return undefined;
};

export const listAttached: IamOperation = (form, place) => ({
  AttachedPolicies: roleNamed(place, nameIn(form)).attached.map((PolicyArn) => ({
    PolicyName: PolicyArn.slice(PolicyArn.lastIndexOf('/') + 1),
    PolicyArn,
  })),
  IsTruncated: 'false',
});

/** None: the sandbox serves no call that writes a policy into a role. */
export const listInline: IamOperation = (form, place) => {
  roleNamed(place, nameIn(form));
  return { PolicyNames: [], IsTruncated: 'false' };
};

export const attach: IamOperation = (form, place) => {
  const role = roleNamed(place, nameIn(form));
  const arn = need(form, 'PolicyArn');
  // AWS's own policies are there in every account.
  if (!arn.startsWith('arn:aws:iam::aws:policy/')) policyAt(place, arn);
  if (role.attached.includes(arn)) return undefined;
  if (role.attached.length === mostAttached) throw tooMany(`Cannot exceed quota for PoliciesPerRole: ${mostAttached}`);
  role.attached.push(arn);
  return undefined;
};

export const detach: IamOperation = (form, place) => {
  const role = roleNamed(place, nameIn(form));
  const arn = need(form, 'PolicyArn');
  if (!role.attached.includes(arn)) throw noneOfPolicy(`Policy ${arn} was not found.`);
  role.attached = role.attached.filter((one) => one !== arn);
  return undefined;
};
