import { randomBytes } from 'node:crypto';
import { type StoredUser, seconds } from './content.ts';
import {
  type IamOperation,
  inUse,
  need,
  newId,
  noneOfPolicy,
  noneOfUser,
  policyAt,
  tagList,
  taken,
  time,
  tooMany,
  userNamed,
} from './iam-place.ts';
import { listIn, tagsIn, type Xml } from './query.ts';

// Source: "IAM and AWS STS quotas".
const mostKeys = 2;

const nameIn = (form: URLSearchParams): string => need(form, 'UserName');

const userXml = ({ name, id, arn, createdAt, tags }: StoredUser): Xml => ({
  Path: '/',
  UserName: name,
  UserId: id,
  Arn: arn,
  CreateDate: time(createdAt),
  Tags: Object.keys(tags).length === 0 ? undefined : tagList(tags),
});

export const createUser: IamOperation = (form, { account, iam }) => {
  const name = nameIn(form);
  if (Object.hasOwn(iam.users, name)) throw taken(`User with name ${name} already exists.`);
  const user: StoredUser = {
    name,
    id: newId('AIDA'),
    arn: `arn:aws:iam::${account}:user/${name}`,
    createdAt: seconds(),
    tags: tagsIn(form),
    keys: {},
    attached: [],
  };
  iam.users[name] = user;
  return { User: userXml(user) };
};

export const getUser: IamOperation = (form, place) => ({ User: userXml(userNamed(place, nameIn(form))) });

export const tagUser: IamOperation = (form, place) => {
  Object.assign(userNamed(place, nameIn(form)).tags, tagsIn(form));
  return undefined;
};

export const untagUser: IamOperation = (form, place) => {
  const { tags } = userNamed(place, nameIn(form));
  for (const name of listIn(form, 'TagKeys')) Reflect.deleteProperty(tags, name);
  return undefined;
};

export const deleteUser: IamOperation = (form, place) => {
  const { name, keys, attached } = userNamed(place, nameIn(form));
  if (Object.keys(keys).length > 0) throw inUse('Cannot delete entity, must delete access keys first.');
  if (attached.length > 0) throw inUse('Cannot delete entity, must detach all policies first.');
  Reflect.deleteProperty(place.iam.users, name);
  return undefined;
};

export const createKey: IamOperation = (form, place) => {
  const { name, keys } = userNamed(place, nameIn(form));
  if (Object.keys(keys).length === mostKeys) throw tooMany(`Cannot exceed quota for AccessKeysPerUser: ${mostKeys}`);
  const [id, createdAt] = [newId('AKIA').slice(0, 20), seconds()];
  keys[id] = { createdAt };
  const SecretAccessKey = randomBytes(30).toString('base64');
  const more = { Status: 'Active', SecretAccessKey, CreateDate: time(createdAt) };
  return { AccessKey: { UserName: name, AccessKeyId: id, ...more } };
};

export const listKeys: IamOperation = (form, place) => {
  const { name, keys } = userNamed(place, nameIn(form));
  const AccessKeyMetadata = Object.entries(keys).map(([AccessKeyId, { createdAt }]) => ({
    UserName: name,
    AccessKeyId,
    Status: 'Active',
    CreateDate: time(createdAt),
  }));
  return { AccessKeyMetadata, IsTruncated: 'false' };
};

export const deleteKey: IamOperation = (form, place) => {
  const { keys } = userNamed(place, nameIn(form));
  const id = need(form, 'AccessKeyId');
  if (!Object.hasOwn(keys, id)) throw noneOfUser(`The Access Key with id ${id} cannot be found.`);
  Reflect.deleteProperty(keys, id);
  return undefined;
};

export const listAttached: IamOperation = (form, place) => ({
  AttachedPolicies: userNamed(place, nameIn(form)).attached.map((PolicyArn) => ({
    PolicyName: PolicyArn.slice(PolicyArn.lastIndexOf('/') + 1),
    PolicyArn,
  })),
  IsTruncated: 'false',
});

export const attach: IamOperation = (form, place) => {
  const user = userNamed(place, nameIn(form));
  const arn = need(form, 'PolicyArn');
  // AWS's own policies are there in every account.
  if (!arn.startsWith('arn:aws:iam::aws:policy/')) policyAt(place, arn);
  if (!user.attached.includes(arn)) user.attached.push(arn);
  return undefined;
};

export const detach: IamOperation = (form, place) => {
  const user = userNamed(place, nameIn(form));
  const arn = need(form, 'PolicyArn');
  if (!user.attached.includes(arn)) throw noneOfPolicy(`Policy ${arn} was not found.`);
  user.attached = user.attached.filter((one) => one !== arn);
  return undefined;
};
