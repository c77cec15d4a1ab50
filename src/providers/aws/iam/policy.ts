import { z } from 'zod';
import { defineKind } from '../../../engine/define-kind.ts';
import { sortedSet } from '../../../engine/fields.ts';
import type { Fields } from '../../../engine/value.ts';
import type { AwsClient } from '../client.ts';
import { iamArn, rightsOn } from '../rights.ts';
import type { Tags } from '../tags.ts';
import { policyArn } from './arn.ts';
import { readableIn, readingPolicy } from './grant.ts';
import { canonicalPolicy, policyField } from './policy-document.ts';
import { settledWhen, untilSeen } from './seen.ts';
import { changeTags, newTags, seenTags, tagsField, unmark, wrongTags } from './tags.ts';

const schema = z.strictObject({
  reads: z
    .array(
      z.strictObject({
        region: z.string(),
        names: sortedSet().describe('Names of secrets'),
        prefixes: sortedSet(z.string()).describe('What names begin with; "" is every secret'),
      }),
    )
    .min(1)
    .transform((list) => list.toSorted((a, b) => (a.region < b.region ? -1 : 1)))
    .optional()
    .describe('Secrets of Secrets Manager that may be read, and nothing else. Either this or document.'),
  document: policyField().optional().describe('The policy as IAM has it'),
  description: z.string().max(1000).optional(),
  tags: tagsField(),
});

type Wanted = z.output<typeof schema>;

// Sources: "IAM and AWS STS quotas".
const mostVersions = 5;
const mostCharacters = 6144;

/** aws.iam-policy/NAME: a managed policy of the account. Attaching it is a resource of its own. */
export const iamPolicy = defineKind<typeof schema.shape, AwsClient>({
  kind: 'aws.iam-policy',
  parts: [['NAME']],
  schema,
  fields: {
    reads: { grant: true, exact: true },
    document: { reference: true, grant: true, exact: true },
    description: { immutable: true },
  },
  outputs: { arn: {} },
  ownership: 'whole',
  mark: 'own',
  writes: 'merge',
  precondition: 're-read',
  rights: ([name = ''], { tags }) =>
    rightsOn(
      'iam',
      iamArn(`policy/${name}`),
      ['GetPolicy', 'GetPolicyVersion'],
      [
        'CreatePolicy',
        'TagPolicy',
        'ListPolicyVersions',
        'CreatePolicyVersion',
        'DeletePolicyVersion',
        'ListEntitiesForPolicy',
        'DeletePolicy',
        ...(tags === undefined ? [] : ['UntagPolicy']),
      ],
    ),
  check: (spec) => wrongContent(spec) ?? wrongTags(spec.tags),
  read: async (client, [name = '']) => {
    const identity = await client.identity();
    const found = await client.iam.policy(policyArn(identity, name));
    if (found === undefined) return { exists: 'no' };
    const reads = found.document && readableIn(identity, found.document);
    const { tags, mark } = seenTags(found.tags);
    return {
      exists: 'yes',
      spec: {
        ...(reads === undefined ? {} : { reads: reads.map((one) => ({ ...one })) }),
        ...(found.document === undefined ? {} : { document: found.document }),
        description: found.description,
        tags,
      },
      outputs: { arn: found.arn },
      ...(mark === undefined ? {} : { mark }),
    };
  },
  write: async (client, request) => {
    const { iam } = client;
    const [name = ''] = request.id;
    const arn = policyArn(await client.identity(), name);
    const document = await wantedDocument(client, request.spec);
    const found = await iam.policy(arn);
    if (found === undefined) await iam.createPolicy(name, document, request.spec.description, newTags(request));
    else {
      const calls = {
        tag: (tags: Tags) => iam.tagPolicy(arn, tags),
        untag: (names: readonly string[]) => iam.untagPolicy(arn, names),
      };
      if (!same(found.document, document)) await replaceDocument(client, arn, document);
      await changeTags(found.tags, request, calls);
    }
    await untilSeen(client, `the policy ${name}`, request.waiting, () => says(client, arn, document));
  },
  settled: async (client, [name = ''], spec) => {
    const [identity, document] = await Promise.all([client.identity(), wantedDocument(client, spec)]);
    return settledWhen(`the policy ${name}`, () => says(client, policyArn(identity, name), document));
  },
  remove: async (client, [name = '']) => {
    const { iam } = client;
    const arn = policyArn(await client.identity(), name);
    for (const version of await iam.oldVersions(arn)) await iam.removeVersion(arn, version);
    await iam.removePolicy(arn);
  },
  keep: async (client, [name = '']) => {
    const holders = await client.iam.holdersOf(policyArn(await client.identity(), name));
    return holders.length === 0 ? undefined : `others have the policy attached (${holders.join(', ')})`;
  },
  release: async (client, [name = '']) => {
    const arn = policyArn(await client.identity(), name);
    const found = await client.iam.policy(arn);
    await unmark(found?.tags, (names) => client.iam.untagPolicy(arn, names));
  },
});

const someIdentity = { partition: 'aws-us-gov', account: '123456789012', arn: '' };

const wrongContent = ({ reads, document }: Wanted): string | undefined => {
  if ((reads === undefined) === (document === undefined)) return 'needs exactly one of reads and document';
  if (document !== undefined && document['Version'] !== '2012-10-17') return 'document.Version must be "2012-10-17"';
  if (reads?.some(({ names, prefixes }) => names.length + prefixes.length === 0) === true) {
    return 'reads must name a secret or a prefix in each region';
  }
  const text = JSON.stringify(reads === undefined ? document : readingPolicy(someIdentity, reads));
  if (text.length <= mostCharacters) return undefined;
  const cure = reads === undefined ? '' : '; name a prefix in place of so many secrets';
  return `it takes ${text.length} characters, and IAM takes ${mostCharacters}${cure}`;
};

const wantedDocument = async (client: AwsClient, { reads, document }: Wanted): Promise<Fields> => {
  if (document !== undefined) return canonicalPolicy(document);
  if (reads === undefined) throw new TypeError('a policy needs a content');
  return readingPolicy(await client.identity(), reads);
};

// Room is made first: the sixth version would be refused. The one in force is never touched.
const replaceDocument = async ({ iam }: AwsClient, arn: string, document: Fields): Promise<void> => {
  const [oldest, ...others] = await iam.oldVersions(arn);
  if (oldest !== undefined && others.length + 2 >= mostVersions) await iam.removeVersion(arn, oldest);
  await iam.addVersion(arn, document);
};

const same = (found: Fields | undefined, wanted: Fields): boolean => JSON.stringify(found) === JSON.stringify(wanted);

const says = async ({ iam }: AwsClient, arn: string, document: Fields): Promise<boolean> =>
  same((await iam.policy(arn))?.document, document);
