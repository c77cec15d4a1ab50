import type { Fields } from '../../../engine/value.ts';
import type { Tags } from '../tags.ts';
import { parsePolicy } from './policy-document.ts';
import { everyPage, fromTags, type IamSend, ifThere, toTags } from './send.ts';

/** One managed policy of the account. */
export interface PolicyState {
  readonly arn: string;
  readonly description: string;
  /** The version in force, `v3`. */
  readonly version: string;
  /** What it says, canonical; undefined if it is no JSON. */
  readonly document: Fields | undefined;
  readonly tags: Tags;
}

/** The calls about managed policies. */
export interface PolicyCalls {
  /** undefined if it is not there. */
  policy(arn: string): Promise<PolicyState | undefined>;
  createPolicy(name: string, document: Fields, description: string | undefined, tags: Tags): Promise<void>;
  /** Ids of the versions that are not in force, the oldest first. */
  oldVersions(arn: string): Promise<readonly string[]>;
  /** A new version, in force at once. */
  addVersion(arn: string, document: Fields): Promise<void>;
  removeVersion(arn: string, version: string): Promise<void>;
  tagPolicy(arn: string, tags: Tags): Promise<void>;
  untagPolicy(arn: string, names: readonly string[]): Promise<void>;
  /** Absent already is success; REJECTED while it is attached or has old versions. */
  removePolicy(arn: string): Promise<void>;
  /** Who it is attached to: `role NAME`, `user NAME`, `group NAME`. */
  holdersOf(arn: string): Promise<readonly string[]>;
}

const age = (version: string): number => Number(version.slice(1));

export const policyCalls = (send: IamSend): PolicyCalls => ({
  policy: (arn) =>
    send('GetPolicy', arn, async (api, http) => {
      const found = (await ifThere(() => api.getPolicy({ PolicyArn: arn }, http)))?.Policy;
      const version = found?.DefaultVersionId;
      if (found === undefined || version === undefined) return undefined;
      // The default version may have changed in between, and be gone; then the next look tells.
      const content = await ifThere(() => api.getPolicyVersion({ PolicyArn: arn, VersionId: version }, http));
      return {
        arn,
        description: found.Description ?? '',
        version,
        document: parsePolicy(content?.PolicyVersion?.Document ?? ''),
        tags: fromTags(found.Tags),
      };
    }),
  createPolicy: (name, document, description, tags) =>
    send('CreatePolicy', name, async (api, http) => {
      const said = description === undefined ? {} : { Description: description };
      await api.createPolicy(
        { PolicyName: name, PolicyDocument: JSON.stringify(document), ...said, Tags: toTags(tags) },
        http,
      );
    }),
  oldVersions: (arn) =>
    send('ListPolicyVersions', arn, async (api, http) => {
      const listed = await ifThere(() =>
        everyPage(
          (marker) => api.listPolicyVersions({ PolicyArn: arn, ...marker }, http),
          (page) => page.Versions,
        ),
      );
      return (listed ?? [])
        .flatMap(({ VersionId, IsDefaultVersion }) =>
          VersionId === undefined || IsDefaultVersion === true ? [] : [VersionId],
        )
        .toSorted((a, b) => age(a) - age(b));
    }),
  addVersion: (arn, document) =>
    send('CreatePolicyVersion', arn, async (api, http) => {
      await api.createPolicyVersion(
        { PolicyArn: arn, PolicyDocument: JSON.stringify(document), SetAsDefault: true },
        http,
      );
    }),
  removeVersion: (arn, VersionId) =>
    send('DeletePolicyVersion', arn, async (api, http) => {
      await ifThere(() => api.deletePolicyVersion({ PolicyArn: arn, VersionId }, http));
    }),
  tagPolicy: (arn, tags) =>
    send('TagPolicy', arn, async (api, http) => {
      await api.tagPolicy({ PolicyArn: arn, Tags: toTags(tags) }, http);
    }),
  untagPolicy: (arn, names) =>
    send('UntagPolicy', arn, async (api, http) => {
      await api.untagPolicy({ PolicyArn: arn, TagKeys: [...names] }, http);
    }),
  removePolicy: (arn) =>
    send('DeletePolicy', arn, async (api, http) => {
      await ifThere(() => api.deletePolicy({ PolicyArn: arn }, http));
    }),
  holdersOf: (arn) =>
    send('ListEntitiesForPolicy', arn, async (api, http) => {
      const listed = await ifThere(() =>
        everyPage(
          (marker) => api.listEntitiesForPolicy({ PolicyArn: arn, ...marker }, http),
          ({ PolicyRoles = [], PolicyUsers = [], PolicyGroups = [] }) => [
            ...PolicyRoles.map(({ RoleName }) => `role ${RoleName}`),
            ...PolicyUsers.map(({ UserName }) => `user ${UserName}`),
            ...PolicyGroups.map(({ GroupName }) => `group ${GroupName}`),
          ],
        ),
      );
      return listed ?? [];
    }),
});
