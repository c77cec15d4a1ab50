import { randomBytes } from 'node:crypto';
import {
  entryOf,
  type IamContent,
  type StoredPolicy,
  type StoredProvider,
  type StoredRole,
  type StoredUser,
} from './content.ts';
import type { Xml } from './query.ts';
import { AwsRefusal } from './refusal.ts';

/** IAM of one account, and how operations find and change it. */
export interface IamPlace {
  readonly account: string;
  readonly iam: IamContent;
}

/** One operation of IAM: a form in, the answer's content out; undefined where AWS answers none. Throws AwsRefusal. */
export type IamOperation = (form: URLSearchParams, place: IamPlace) => Xml | undefined;

/** A field that a call must have. */
export const need = (form: URLSearchParams, name: string): string => {
  const value = form.get(name);
  if (value !== null && value !== '') return value;
  throw new AwsRefusal(
    'ValidationError',
    `1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`,
  );
};

const none = (what: string): AwsRefusal => new AwsRefusal('NoSuchEntity', what, 404);

/** What is thrown where a name is taken. */
export const taken = (what: string): AwsRefusal => new AwsRefusal('EntityAlreadyExists', what, 409);

/** What is thrown where others still use what is to go. */
export const inUse = (what: string): AwsRefusal => new AwsRefusal('DeleteConflict', what, 409);

/** What is thrown where there are too many. */
export const tooMany = (what: string): AwsRefusal => new AwsRefusal('LimitExceeded', what, 409);

export const providerAt = ({ iam }: IamPlace, arn: string): StoredProvider => {
  const found = entryOf(iam.providers, arn);
  if (found === undefined) throw none(`OpenIDConnect Provider not found for arn ${arn}`);
  return found;
};

export const roleNamed = ({ iam }: IamPlace, name: string): StoredRole => {
  const found = entryOf(iam.roles, name);
  if (found === undefined) throw none(`The role with name ${name} cannot be found.`);
  return found;
};

export const policyAt = ({ iam }: IamPlace, arn: string): StoredPolicy => {
  const found = entryOf(iam.policies, arn);
  if (found === undefined) throw none(`Policy ${arn} was not found.`);
  return found;
};

export const userNamed = ({ iam }: IamPlace, name: string): StoredUser => {
  const found = entryOf(iam.users, name);
  if (found === undefined) throw none(`The user with name ${name} cannot be found.`);
  return found;
};

/** What is thrown where a user lacks something. */
export const noneOfUser = (what: string): AwsRefusal => none(what);

/** What is thrown where a policy lacks something. */
export const noneOfPolicy = (what: string): AwsRefusal => none(what);

/** The roles and the users that a policy is attached to. */
export const holdersOf = (
  { iam }: IamPlace,
  arn: string,
): { readonly roles: readonly StoredRole[]; readonly users: readonly StoredUser[] } => ({
  roles: Object.values(iam.roles).filter(({ attached }) => attached.includes(arn)),
  users: Object.values(iam.users).filter(({ attached }) => attached.includes(arn)),
});

/** `AROA` and seventeen characters: the id of something new. */
export const newId = (prefix: string): string =>
  `${prefix}${randomBytes(16).toString('hex').toUpperCase().slice(0, 17)}`;

/** A time as the query protocol has it. */
export const time = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** Tags as IAM answers them. */
export const tagList = (tags: Readonly<Record<string, string>>): Xml =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
