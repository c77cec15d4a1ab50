import type { Fields } from '../../../engine/value.ts';
import type { Tags } from '../tags.ts';
import { parsePolicy } from './policy-document.ts';
import { everyPage, fromTags, type IamSend, ifThere, toTags } from './send.ts';

/** One role. */
export interface RoleState {
  readonly arn: string;
  /** Canonical; undefined if it is no JSON. */
  readonly trust: Fields | undefined;
  readonly description: string;
  /** In seconds. */
  readonly maxSession: number;
  readonly tags: Tags;
}

/** Settings of a role beside its trust. */
export interface RoleSettings {
  readonly description?: string;
  readonly maxSession?: number;
}

/** The calls about roles. */
export interface RoleCalls {
  /** undefined if it is not there. */
  role(name: string): Promise<RoleState | undefined>;
  createRole(name: string, trust: Fields, settings: RoleSettings, tags: Tags): Promise<void>;
  setTrust(name: string, trust: Fields): Promise<void>;
  setRole(name: string, settings: RoleSettings): Promise<void>;
  tagRole(name: string, tags: Tags): Promise<void>;
  untagRole(name: string, names: readonly string[]): Promise<void>;
  /** Absent already is success; REJECTED while policies are attached. */
  removeRole(name: string): Promise<void>;
  /** ARNs of the policies attached to it; [] if there is no such role. */
  attachedTo(role: string): Promise<readonly string[]>;
  /** Names of the policies that are written into it; [] if there is no such role. */
  inlineIn(role: string): Promise<readonly string[]>;
  attach(role: string, policyArn: string): Promise<void>;
  /** Detached already is success. */
  detach(role: string, policyArn: string): Promise<void>;
}

const settingsOf = ({ description, maxSession }: RoleSettings) => ({
  ...(description === undefined ? {} : { Description: description }),
  ...(maxSession === undefined ? {} : { MaxSessionDuration: maxSession }),
});

export const roleCalls = (send: IamSend): RoleCalls => ({
  role: (name) =>
    send('GetRole', name, async (api, http) => {
      const found = (await ifThere(() => api.getRole({ RoleName: name }, http)))?.Role;
      if (found === undefined) return undefined;
      return {
        arn: found.Arn ?? '',
        trust: parsePolicy(found.AssumeRolePolicyDocument ?? ''),
        description: found.Description ?? '',
        maxSession: found.MaxSessionDuration ?? 3600,
        tags: fromTags(found.Tags),
      };
    }),
  createRole: (name, trust, settings, tags) =>
    send('CreateRole', name, async (api, http) => {
      const document = { AssumeRolePolicyDocument: JSON.stringify(trust) };
      await api.createRole({ RoleName: name, ...document, ...settingsOf(settings), Tags: toTags(tags) }, http);
    }),
  setTrust: (name, trust) =>
    send('UpdateAssumeRolePolicy', name, async (api, http) => {
      await api.updateAssumeRolePolicy({ RoleName: name, PolicyDocument: JSON.stringify(trust) }, http);
    }),
  setRole: (name, settings) =>
    send('UpdateRole', name, async (api, http) => {
      await api.updateRole({ RoleName: name, ...settingsOf(settings) }, http);
    }),
  tagRole: (name, tags) =>
    send('TagRole', name, async (api, http) => {
      await api.tagRole({ RoleName: name, Tags: toTags(tags) }, http);
    }),
  untagRole: (name, names) =>
    send('UntagRole', name, async (api, http) => {
      await api.untagRole({ RoleName: name, TagKeys: [...names] }, http);
    }),
  removeRole: (name) =>
    send('DeleteRole', name, async (api, http) => {
      await ifThere(() => api.deleteRole({ RoleName: name }, http));
    }),
  attachedTo: (name) =>
    send('ListAttachedRolePolicies', name, async (api, http) => {
      const listed = await ifThere(() =>
        everyPage(
          (marker) => api.listAttachedRolePolicies({ RoleName: name, ...marker }, http),
          (page) => page.AttachedPolicies,
        ),
      );
      return (listed ?? []).flatMap(({ PolicyArn }) => (PolicyArn === undefined ? [] : [PolicyArn]));
    }),
  inlineIn: (name) =>
    send('ListRolePolicies', name, async (api, http) => {
      const listed = await ifThere(() =>
        everyPage(
          (marker) => api.listRolePolicies({ RoleName: name, ...marker }, http),
          (page) => page.PolicyNames,
        ),
      );
      return listed ?? [];
    }),
  attach: (name, PolicyArn) =>
    send('AttachRolePolicy', name, async (api, http) => {
      await api.attachRolePolicy({ RoleName: name, PolicyArn }, http);
    }),
  detach: (name, PolicyArn) =>
    send('DetachRolePolicy', name, async (api, http) => {
      await ifThere(() => api.detachRolePolicy({ RoleName: name, PolicyArn }, http));
    }),
});
