import { z } from 'zod';
import { address } from '../../../engine/address.ts';
import { defineKind } from '../../../engine/define-kind.ts';
import { LabError } from '../../../errors.ts';
import type { AwsClient, SecretPlace, SecretState } from '../client.ts';
import { anyAccount, iamArn, rightsOn } from '../rights.ts';
import { secretPlace } from '../secrets/name.ts';
import type { Tags } from '../tags.ts';
import { type AccessKeyRecord, recordIn, recordKey } from './access-key-record.ts';
import { secretArn } from './arn.ts';
import { settledWhen, untilSeen } from './seen.ts';
import { changeTags, newTags, seenTags, tagsField, unmark, wrongTags } from './tags.ts';
import type { UserState } from './user-calls.ts';

const schema = z.strictObject({
  record: z
    .strictObject({ region: z.string(), name: z.string() })
    .describe(
      'The secret of Secrets Manager that the key is written to, as {"id": …, "secret": …}; AWS answers it once',
    ),
  rotation: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,24}$/, 'is no name of a rotation; use letters, digits and "-", at most 24')
    .optional()
    .describe('Another text makes another key; the one before stays until previousKey is null'),
  previousKey: z.null().optional().describe('null: the key before the last rotation must be gone'),
  tags: tagsField(),
});

type Wanted = z.output<typeof schema>;

const recordTag = 'lab-record';
const userTag = 'lab-access-key-of';

/** aws.iam-access-key/USER: a user of IAM, for clusters without federation, and its key in a store of record. */
export const iamAccessKey = defineKind<typeof schema.shape, AwsClient>({
  kind: 'aws.iam-access-key',
  parts: [['USER']],
  schema,
  fields: { record: { destination: true } },
  outputs: { accessKeyId: {} },
  ownership: 'whole',
  mark: 'own',
  writes: 'merge',
  precondition: 're-read',
  protect: 'whoever logs in with its key cannot do so any more, and AWS does not answer the key again',
  into: (_, { record }) => record && address('aws.secrets-manager-secret', record.region, record.name),
  exclusive: ([user = '']) => user,
  rights: ([user = ''], { record, tags }) => {
    const writing = ['CreateUser', 'TagUser', 'CreateAccessKey', 'DeleteAccessKey', 'DeleteUser'];
    const untag = tags === undefined ? [] : ['UntagUser'];
    const own = rightsOn(
      'iam',
      iamArn(`user/${user}`),
      ['GetUser', 'ListAccessKeys'],
      [...writing, 'ListAttachedUserPolicies', ...untag],
    );
    const on = secretArn(anyAccount, record?.region ?? '*', `${record?.name ?? '*'}-??????`);
    const keeping = rightsOn(
      'secretsmanager',
      on,
      ['DescribeSecret', 'GetSecretValue'],
      ['CreateSecret', 'TagResource', 'PutSecretValue', 'UpdateSecretVersionStage', 'DeleteSecret', 'RestoreSecret'],
    );
    return { plan: [...own.plan, ...keeping.plan], apply: [...own.apply, ...keeping.apply] };
  },
  check: ({ tags }) => wrongTags(tags),
  read: async (client, [user = '']) => {
    const found = await client.iam.user(user);
    if (found === undefined) return { exists: 'no' };
    const place = placeIn(found);
    const { current, previous } = await recorded(client, place);
    const isRecorded = current !== undefined && found.keys.includes(current.id);
    const { tags, mark } = seenTags(found.tags);
    return {
      exists: 'yes',
      spec: {
        ...(isRecorded && place !== undefined ? { record: { ...place } } : {}),
        ...(isRecorded && current.rotation !== undefined ? { rotation: current.rotation } : {}),
        ...(previous !== undefined && found.keys.includes(previous.id) ? { previousKey: previous.id } : {}),
        tags,
      },
      outputs: isRecorded ? { accessKeyId: current.id } : {},
      ...(mark === undefined ? {} : { mark }),
    };
  },
  write: async (client, request) => {
    const { iam } = client;
    const [user = ''] = request.id;
    const { spec } = request;
    const place = secretPlace([spec.record.region, spec.record.name]);
    const found = await iam.user(user);
    const more = { [recordTag]: textOf(place) };
    if (found === undefined) await iam.createUser(user, newTags(request, more));
    const before = found && placeIn(found);
    const wasElsewhere = before !== undefined && textOf(before) !== textOf(place);
    await ensureKey(client, { user, place, found, wanted: spec, mark: request.mark });
    if (found !== undefined) {
      const calls = {
        tag: (tags: Tags) => iam.tagUser(user, tags),
        untag: (names: readonly string[]) => iam.untagUser(user, names),
      };
      await changeTags(found.tags, request, calls, more);
    }
    if (wasElsewhere) await dropRecord(client, before);
    await untilSeen(client, `the user ${user}`, request.waiting, () => isThere(client, user, place));
  },
  settled: (client, [user = ''], { record }) =>
    settledWhen(`the user ${user}`, () => isThere(client, user, secretPlace([record.region, record.name]))),
  // The record goes first: without the user nobody would know of it.
  remove: async (client, [user = '']) => {
    const found = await client.iam.user(user);
    if (found === undefined) return;
    const place = placeIn(found);
    if (place !== undefined) await dropRecord(client, place);
    for (const key of found.keys) await client.iam.removeKey(user, key);
    await client.iam.removeUser(user);
  },
  keep: async ({ iam }, [user = '']) => {
    const attached = await iam.attachedToUser(user);
    return attached.length === 0 ? undefined : `the user has policies that are not lab's (${attached.join(', ')})`;
  },
  release: async ({ iam }, [user = '']) => {
    const found = await iam.user(user);
    await unmark(found?.tags, (names) => iam.untagUser(user, names));
  },
});

const textOf = ({ region, name }: SecretPlace): string => `${region}/${name}`;

const placeIn = ({ tags }: UserState): SecretPlace | undefined => {
  const [region, ...name] = tags[recordTag]?.split('/') ?? [];
  return region === undefined ? undefined : { region, name: name.join('/') };
};

const recorded = async (client: AwsClient, place: SecretPlace | undefined): Promise<AccessKeyRecord> =>
  place === undefined ? {} : recordIn(await client.describe(place));

interface Keying {
  readonly user: string;
  readonly place: SecretPlace;
  /** As it was before this write. */
  readonly found: UserState | undefined;
  readonly wanted: Wanted;
  readonly mark: string | undefined;
}

/**
 * A key that is recorded, for the rotation asked for. A key in no record is the rest of a run that died before it could
 * write it down: nobody knows its secret, so it goes by its id. At most two keys are there at any time.
 */
const ensureKey = async (client: AwsClient, { user, place, found, wanted, mark }: Keying): Promise<void> => {
  const keys = found?.keys ?? [];
  const state = await client.describe(place);
  refuseForeign(place, state, user);
  const { current, previous } = recordIn(state);
  const rotation = wanted.rotation ?? current?.rotation;
  const isGood = current !== undefined && keys.includes(current.id) && rotation === current.rotation;
  const stays = isGood && wanted.previousKey !== null ? [current.id, previous?.id] : [current?.id];
  const others = keys.filter((id) => !stays.includes(id));
  if (others.length > 0) refuseForeignKeys(user, found);
  for (const key of others) await client.iam.removeKey(user, key);
  if (isGood) return;
  const key = await client.iam.createKey(user);
  const tags = { [userTag]: user, ...(mark === undefined ? {} : { 'managed-by': 'lab', 'lab-owner': mark }) };
  await recordKey(client, place, state, { key, rotation, tags });
};

// Only in a user of lab's own are unknown keys its own.
const refuseForeignKeys = (user: string, found: UserState | undefined): void => {
  if (found?.tags[recordTag] !== undefined) return;
  throw new LabError('CONFLICT', `the user ${user} has access keys that lab did not make`, {
    next: 'Name another user, or delete these keys once nobody uses them.',
  });
};

// Its versions would be taken for keys, and other people's values would get lost behind them.
const refuseForeign = ({ name }: SecretPlace, state: SecretState | undefined, user: string): void => {
  if (state === undefined || state.tags[userTag] === user) return;
  throw new LabError('CONFLICT', `the secret ${name} is there and is not the record of ${user}'s access key`, {
    next: 'Name another secret as its record.',
  });
};

const dropRecord = async (client: AwsClient, place: SecretPlace): Promise<void> => {
  const state = await client.describe(place);
  if (state !== undefined && state.deletion === undefined) await client.scheduleDeletion(place, recoveryDays);
};

const recoveryDays = 7;

const isThere = async (client: AwsClient, user: string, place: SecretPlace): Promise<boolean> => {
  const [found, { current }] = await Promise.all([client.iam.user(user), recorded(client, place)]);
  return found !== undefined && current !== undefined && found.keys.includes(current.id);
};
