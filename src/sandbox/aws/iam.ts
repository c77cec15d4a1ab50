import type { Answer } from '../http.ts';
import type { IamOperation, IamPlace } from './iam-place.ts';
import * as policies from './iam-policies.ts';
import * as providers from './iam-providers.ts';
import * as roles from './iam-roles.ts';
import * as users from './iam-users.ts';
import { queryAnswer, queryRefusal } from './query.ts';
import type { Quirks } from './quirks.ts';
import { AwsRefusal } from './refusal.ts';

const operations: Readonly<Record<string, IamOperation>> = {
  CreateOpenIDConnectProvider: providers.createProvider,
  GetOpenIDConnectProvider: providers.getProvider,
  ListOpenIDConnectProviders: providers.listProviders,
  AddClientIDToOpenIDConnectProvider: providers.addAudience,
  RemoveClientIDFromOpenIDConnectProvider: providers.removeAudience,
  TagOpenIDConnectProvider: providers.tagProvider,
  UntagOpenIDConnectProvider: providers.untagProvider,
  DeleteOpenIDConnectProvider: providers.deleteProvider,
  CreateRole: roles.createRole,
  GetRole: roles.getRole,
  UpdateAssumeRolePolicy: roles.updateTrust,
  UpdateRole: roles.updateRole,
  TagRole: roles.tagRole,
  UntagRole: roles.untagRole,
  DeleteRole: roles.deleteRole,
  ListAttachedRolePolicies: roles.listAttached,
  ListRolePolicies: roles.listInline,
  AttachRolePolicy: roles.attach,
  DetachRolePolicy: roles.detach,
  CreatePolicy: policies.createPolicy,
  GetPolicy: policies.getPolicy,
  GetPolicyVersion: policies.getVersion,
  ListPolicyVersions: policies.listVersions,
  CreatePolicyVersion: policies.createVersion,
  DeletePolicyVersion: policies.deleteVersion,
  TagPolicy: policies.tagPolicy,
  UntagPolicy: policies.untagPolicy,
  DeletePolicy: policies.deletePolicy,
  ListEntitiesForPolicy: policies.listHolders,
  CreateUser: users.createUser,
  GetUser: users.getUser,
  TagUser: users.tagUser,
  UntagUser: users.untagUser,
  DeleteUser: users.deleteUser,
  CreateAccessKey: users.createKey,
  ListAccessKeys: users.listKeys,
  DeleteAccessKey: users.deleteKey,
  ListAttachedUserPolicies: users.listAttached,
  AttachUserPolicy: users.attach,
  DetachUserPolicy: users.detach,
};

/** Answers one call of IAM. */
export const answerIam = (form: URLSearchParams, place: IamPlace, quirks: Quirks): Answer => {
  const action = form.get('Action') ?? '';
  try {
    const run = Object.hasOwn(operations, action) ? operations[action] : undefined;
    if (run === undefined) throw new AwsRefusal('InvalidAction', `the sandbox does not serve ${action}`);
    quirks.beforeIam(form);
    const result = run(form, place);
    quirks.afterIam(form, place.account);
    return queryAnswer('iam', action, result);
  } catch (error) {
    if (error instanceof AwsRefusal) return queryRefusal('iam', error);
    throw error;
  }
};
