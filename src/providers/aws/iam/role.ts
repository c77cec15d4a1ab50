import { z } from 'zod';
import { defineKind } from '../../../engine/define-kind.ts';
import { duration, sortedSet } from '../../../engine/fields.ts';
import type { Fields } from '../../../engine/value.ts';
import type { AwsClient } from '../client.ts';
import { iamArn, rightsOn } from '../rights.ts';
import type { Tags } from '../tags.ts';
import { proveTrust } from './identity-chain.ts';
import { canonicalPolicy, policyField } from './policy-document.ts';
import type { RoleState } from './role-calls.ts';
import { settledWhen, untilSeen } from './seen.ts';
import { changeTags, newTags, seenTags, tagsField, unmark, wrongTags } from './tags.ts';
import { roleLink, trustIn, trustPolicy } from './trust.ts';

const schema = z.strictObject({
  trust: z
    .strictObject({
      issuer: z
        .string()
        .startsWith('https://', 'must begin with https://')
        .describe("The `iss` of the cluster's tokens"),
      audience: z.string().min(1),
      serviceAccounts: sortedSet().describe('NAMESPACE/NAME of those that may take the role on'),
    })
    .optional()
    .describe('Service accounts that may take the role on, as a trust policy. Either this or trustPolicy.'),
  trustPolicy: policyField().optional().describe('The trust policy as IAM has it'),
  description: z.union([z.string().max(1000), z.null().transform(() => '')]).optional(),
  maxSession: duration().optional().describe('How long a session may last, 1h to 12h'),
  tags: tagsField(),
});

type Wanted = z.output<typeof schema>;

/** aws.iam-role/NAME: a role with its trust policy. What it may do is attached to it. */
export const iamRole = defineKind<typeof schema.shape, AwsClient>({
  kind: 'aws.iam-role',
  parts: [['NAME']],
  schema,
  fields: {
    trust: { reference: true, grant: true, exact: true },
    trustPolicy: { reference: true, grant: true, exact: true },
    description: { unset: '' },
    maxSession: { unset: 3600 },
  },
  outputs: { arn: {} },
  ownership: 'whole',
  mark: 'own',
  writes: 'merge',
  precondition: 're-read',
  link: ([name = ''], spec) => roleLink(name, spec),
  rights: ([name = ''], { description, maxSession, tags }) =>
    rightsOn(
      'iam',
      iamArn(`role/${name}`),
      ['GetRole'],
      [
        'CreateRole',
        'TagRole',
        'UpdateAssumeRolePolicy',
        'ListAttachedRolePolicies',
        'ListRolePolicies',
        'DeleteRole',
        ...(description === undefined && maxSession === undefined ? [] : ['UpdateRole']),
        ...(tags === undefined ? [] : ['UntagRole']),
      ],
    ),
  check: (spec) => wrongTrust(spec) ?? wrongSession(spec) ?? wrongTags(spec.tags),
  read: async (client, [name = '']) => {
    const [identity, found] = await Promise.all([client.identity(), client.iam.role(name)]);
    if (found === undefined) return { exists: 'no' };
    const trust = found.trust && trustIn(identity, found.trust);
    const { tags, mark } = seenTags(found.tags);
    return {
      exists: 'yes',
      spec: {
        ...(trust === undefined ? {} : { trust: { ...trust } }),
        ...(found.trust === undefined ? {} : { trustPolicy: found.trust }),
        description: found.description,
        maxSession: found.maxSession,
        tags,
      },
      outputs: { arn: found.arn },
      ...(mark === undefined ? {} : { mark }),
    };
  },
  write: async (client, request) => {
    const { iam } = client;
    const [name = ''] = request.id;
    const { description, maxSession } = request.spec;
    const settings = {
      ...(description === undefined ? {} : { description }),
      ...(maxSession === undefined ? {} : { maxSession }),
    };
    const trust = await wantedTrust(client, request.spec);
    const found = await iam.role(name);
    if (found === undefined) await iam.createRole(name, trust, settings, newTags(request));
    else {
      const calls = {
        tag: (tags: Tags) => iam.tagRole(name, tags),
        untag: (names: readonly string[]) => iam.untagRole(name, names),
      };
      if (!sameTrust(found, trust)) await iam.setTrust(name, trust);
      // UpdateRole takes what it is not given for a wish to clear it.
      const all = { description: found.description, maxSession: found.maxSession, ...settings };
      if (all.description !== found.description || all.maxSession !== found.maxSession) await iam.setRole(name, all);
      await changeTags(found.tags, request, calls);
    }
    await untilSeen(client, `the role ${name}`, request.waiting, () => trusts(client, name, trust));
  },
  settled: async (client, [name = ''], spec) => {
    const trust = await wantedTrust(client, spec);
    return settledWhen(`the role ${name}`, () => trusts(client, name, trust));
  },
  verify: async (client, [name = ''], { trust }) => {
    const found = trust && (await client.iam.role(name));
    return found === undefined || trust === undefined ? [] : proveTrust(client, found.arn, trust);
  },
  remove: (client, [name = '']) => client.iam.removeRole(name),
  keep: async ({ iam }, [name = '']) => {
    const [attached, inline] = await Promise.all([iam.attachedTo(name), iam.inlineIn(name)]);
    const others = [...attached, ...inline];
    return others.length === 0 ? undefined : `the role holds policies that are not lab's (${others.join(', ')})`;
  },
  release: async ({ iam }, [name = '']) => {
    const found = await iam.role(name);
    await unmark(found?.tags, (names) => iam.untagRole(name, names));
  },
});

const wrongTrust = ({ trust, trustPolicy: policy }: Wanted): string | undefined => {
  if ((trust === undefined) === (policy === undefined)) return 'needs exactly one of trust and trustPolicy';
  return trust?.serviceAccounts.length === 0 ? 'trust.serviceAccounts must hold at least one' : undefined;
};

// Source: CreateRole in the API reference of IAM.
const wrongSession = ({ maxSession = 3600 }: Wanted): string | undefined =>
  maxSession < 3600 || maxSession > 43_200 ? 'maxSession must be 1h to 12h' : undefined;

const wantedTrust = async (client: AwsClient, { trust, trustPolicy: policy }: Wanted): Promise<Fields> => {
  if (policy !== undefined) return canonicalPolicy(policy);
  if (trust === undefined) throw new TypeError('a role needs a trust');
  return trustPolicy(await client.identity(), trust);
};

const sameTrust = ({ trust }: RoleState, wanted: Fields): boolean => JSON.stringify(trust) === JSON.stringify(wanted);

const trusts = async ({ iam }: AwsClient, name: string, trust: Fields): Promise<boolean> => {
  const found = await iam.role(name);
  return found !== undefined && sameTrust(found, trust);
};
