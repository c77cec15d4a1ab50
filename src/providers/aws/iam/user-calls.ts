import { type Secret, secret } from '../../../secrets/secret.ts';
import type { Tags } from '../tags.ts';
import { everyPage, fromTags, type IamSend, ifThere, toTags } from './send.ts';

/** One user. */
export interface UserState {
  readonly tags: Tags;
  /** Ids of its access keys, the oldest first; there are at most two. */
  readonly keys: readonly string[];
}

/** A new access key: the secret is answered once. */
export interface NewKey {
  readonly id: string;
  readonly secret: Secret;
}

/** The calls about users. */
export interface UserCalls {
  /** undefined if it is not there. */
  user(name: string): Promise<UserState | undefined>;
  createUser(name: string, tags: Tags): Promise<void>;
  tagUser(name: string, tags: Tags): Promise<void>;
  untagUser(name: string, names: readonly string[]): Promise<void>;
  /** Absent already is success; REJECTED while it has keys or policies. */
  removeUser(name: string): Promise<void>;
  createKey(user: string): Promise<NewKey>;
  /** Absent already is success. */
  removeKey(user: string, id: string): Promise<void>;
  /** ARNs of the policies attached to it; [] if there is no such user. */
  attachedToUser(user: string): Promise<readonly string[]>;
  attachToUser(user: string, policyArn: string): Promise<void>;
  /** Detached already is success. */
  detachFromUser(user: string, policyArn: string): Promise<void>;
}

export const userCalls = (send: IamSend): UserCalls => ({
  user: (name) =>
    send('GetUser', name, async (api, http) => {
      const found = (await ifThere(() => api.getUser({ UserName: name }, http)))?.User;
      if (found === undefined) return undefined;
      const listed = await everyPage(
        (marker) => api.listAccessKeys({ UserName: name, ...marker }, http),
        (page) => page.AccessKeyMetadata,
      );
      const keys = listed.toSorted((a, b) => Number(a.CreateDate) - Number(b.CreateDate));
      return { tags: fromTags(found.Tags), keys: keys.flatMap(({ AccessKeyId }) => AccessKeyId ?? []) };
    }),
  createUser: (name, tags) =>
    send('CreateUser', name, async (api, http) => {
      await api.createUser({ UserName: name, Tags: toTags(tags) }, http);
    }),
  tagUser: (name, tags) =>
    send('TagUser', name, async (api, http) => {
      await api.tagUser({ UserName: name, Tags: toTags(tags) }, http);
    }),
  untagUser: (name, names) =>
    send('UntagUser', name, async (api, http) => {
      await api.untagUser({ UserName: name, TagKeys: [...names] }, http);
    }),
  removeUser: (name) =>
    send('DeleteUser', name, async (api, http) => {
      await ifThere(() => api.deleteUser({ UserName: name }, http));
    }),
  createKey: (name) =>
    send('CreateAccessKey', name, async (api, http) => {
      const { AccessKey: key } = await api.createAccessKey({ UserName: name }, http);
      return { id: key?.AccessKeyId ?? '', secret: secret(key?.SecretAccessKey ?? '') };
    }),
  removeKey: (name, id) =>
    send('DeleteAccessKey', name, async (api, http) => {
      await ifThere(() => api.deleteAccessKey({ UserName: name, AccessKeyId: id }, http));
    }),
  attachedToUser: (name) =>
    send('ListAttachedUserPolicies', name, async (api, http) => {
      const listed = await ifThere(() =>
        everyPage(
          (marker) => api.listAttachedUserPolicies({ UserName: name, ...marker }, http),
          (page) => page.AttachedPolicies,
        ),
      );
      return (listed ?? []).flatMap(({ PolicyArn }) => PolicyArn ?? []);
    }),
  attachToUser: (name, PolicyArn) =>
    send('AttachUserPolicy', name, async (api, http) => {
      await api.attachUserPolicy({ UserName: name, PolicyArn }, http);
    }),
  detachFromUser: (name, PolicyArn) =>
    send('DetachUserPolicy', name, async (api, http) => {
      await ifThere(() => api.detachUserPolicy({ UserName: name, PolicyArn }, http));
    }),
});
