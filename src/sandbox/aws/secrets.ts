import { z } from 'zod';
import { entryOf, type StoredSecret, seconds } from './content.ts';
import { operation } from './operation.ts';
import { AwsRefusal, invalidParameter } from './refusal.ts';
import { activeSecret, findSecret, newArn, type Regional, touch, versionIdOf } from './regional.ts';
import { addVersion, bringsValue, valueFields } from './versions.ts';

const secretId = z.string().min(1);
const tagList = z.array(z.object({ Key: z.string().min(1).max(128), Value: z.string().max(256) }));
const description = z.string().max(2048).optional();

const invalidRequest = (message: string): AwsRefusal => new AwsRefusal('InvalidRequestException', message);

export const createSecret = operation(
  {
    Name: z.string().min(1).max(512),
    Description: description,
    KmsKeyId: z.string().optional(),
    Tags: tagList.optional(),
    ...valueFields,
  },
  (given, place) => {
    const { Name: name, Description, KmsKeyId, Tags = [] } = given;
    if (!/^[A-Za-z0-9/_+=.@-]+$/.test(name)) {
      throw new AwsRefusal(
        'ValidationException',
        'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
      );
    }
    const id = bringsValue(given) ? versionIdOf(given.ClientRequestToken) : undefined;
    const there = entryOf(place.secrets, name);
    if (there?.deletion !== undefined) {
      throw invalidRequest(
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
      );
    }
    if (there !== undefined) {
      const again = id === undefined ? undefined : entryOf(there.versions, id);
      if (again === undefined || again.text !== given.SecretString) {
        throw new AwsRefusal(
          'ResourceExistsException',
          `The operation failed because the secret ${name} already exists.`,
        );
      }
      return { ARN: there.arn, Name: name, VersionId: id };
    }
    const now = seconds();
    const secret: StoredSecret = {
      name,
      arn: newArn(place, name),
      ...(Description === undefined ? {} : { description: Description }),
      ...(KmsKeyId === undefined ? {} : { kmsKeyId: KmsKeyId }),
      createdAt: now,
      changedAt: now,
      tags: Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])),
      versions: {},
    };
    if (id !== undefined) addVersion(secret, id, given, ['AWSCURRENT']);
    place.secrets[name] = secret;
    return { ARN: secret.arn, Name: name, VersionId: id };
  },
);

export const updateSecret = operation(
  { SecretId: secretId, Description: description, KmsKeyId: z.string().optional(), ...valueFields },
  (given, place) => {
    const secret = activeSecret(place, given.SecretId);
    const id = bringsValue(given) ? versionIdOf(given.ClientRequestToken) : undefined;
    if (id !== undefined) addVersion(secret, id, given, ['AWSCURRENT']);
    if (given.Description !== undefined) secret.description = given.Description;
    if (given.KmsKeyId !== undefined) secret.kmsKeyId = given.KmsKeyId;
    touch(secret);
    return { ARN: secret.arn, Name: secret.name, VersionId: id };
  },
);

const describe = ({
  name,
  arn,
  description: text,
  kmsKeyId,
  createdAt,
  changedAt,
  deletion,
  tags,
  versions,
}: StoredSecret) => ({
  ARN: arn,
  Name: name,
  // AWS leaves out what is empty.
  ...(text === undefined || text === '' ? {} : { Description: text }),
  ...(kmsKeyId === undefined ? {} : { KmsKeyId: kmsKeyId }),
  CreatedDate: createdAt,
  LastChangedDate: changedAt,
  ...(deletion === undefined ? {} : { DeletedDate: deletion.dueAt }),
  ...(Object.keys(tags).length === 0 ? {} : { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }),
  stages: Object.fromEntries(
    Object.entries(versions)
      .filter(([, { stages }]) => stages.length > 0)
      .map(([id, { stages }]) => [id, stages]),
  ),
});

export const describeSecret = operation({ SecretId: secretId }, ({ SecretId }, place) => {
  const { stages, ...secret } = describe(findSecret(place, SecretId));
  return { ...secret, ...(Object.keys(stages).length === 0 ? {} : { VersionIdsToStages: stages }) };
});

const mostOnAPage = 100;

export const listSecrets = operation(
  {
    MaxResults: z.number().int().min(1).max(mostOnAPage).optional(),
    NextToken: z.string().optional(),
    IncludePlannedDeletion: z.boolean().optional(),
  },
  ({ MaxResults = mostOnAPage, NextToken, IncludePlannedDeletion = false }, { secrets }: Regional) => {
    const listed = Object.values(secrets).filter(({ deletion }) => IncludePlannedDeletion || deletion === undefined);
    const start = NextToken === undefined ? 0 : Number(Buffer.from(NextToken, 'base64url').toString());
    if (!Number.isInteger(start)) throw new AwsRefusal('InvalidNextTokenException', 'The NextToken value is invalid.');
    const end = start + MaxResults;
    return {
      SecretList: listed.slice(start, end).map((secret) => {
        const { stages, ...rest } = describe(secret);
        return { ...rest, SecretVersionsToStages: stages };
      }),
      ...(end < listed.length ? { NextToken: Buffer.from(String(end)).toString('base64url') } : {}),
    };
  },
);

export const tagResource = operation({ SecretId: secretId, Tags: tagList }, ({ SecretId, Tags }, place) => {
  const secret = activeSecret(place, SecretId);
  const tags = { ...secret.tags, ...Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])) };
  if (Object.keys(tags).length > 50) throw invalidParameter('You can have at most 50 tags on a secret.');
  Object.assign(secret.tags, tags);
  touch(secret);
  return {};
});

export const untagResource = operation({ SecretId: secretId, TagKeys: z.array(z.string()) }, (given, place) => {
  const secret = activeSecret(place, given.SecretId);
  for (const name of given.TagKeys) Reflect.deleteProperty(secret.tags, name);
  touch(secret);
  return {};
});

const day = 86_400;

export const deleteSecret = operation(
  {
    SecretId: secretId,
    RecoveryWindowInDays: z.number().int().min(7).max(30).optional(),
    ForceDeleteWithoutRecovery: z.boolean().optional(),
  },
  ({ SecretId, RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: force = false }, place) => {
    if (force && days !== undefined) {
      throw invalidParameter("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
    }
    const now = seconds();
    if (force) return forceDeletion(place, SecretId, now);
    const secret = findSecret(place, SecretId);
    if (secret.deletion !== undefined) {
      throw invalidRequest(
        "You can't perform this operation on the secret because it was already scheduled for deletion.",
      );
    }
    secret.deletion = { askedAt: now, dueAt: now + (days ?? 30) * day };
    return { ARN: secret.arn, Name: secret.name, DeletionDate: secret.deletion.dueAt };
  },
);

// AWS answers so for a secret that is not there as well, with an ARN that it makes up.
const forceDeletion = (place: Regional, id: string, now: number): object => {
  const secret = entryOf(place.secrets, id);
  Reflect.deleteProperty(place.secrets, id);
  return { ARN: secret?.arn ?? newArn(place, id), Name: id, DeletionDate: now };
};

export const restoreSecret = operation({ SecretId: secretId }, ({ SecretId }, place) => {
  const secret = findSecret(place, SecretId);
  delete secret.deletion;
  touch(secret);
  return { ARN: secret.arn, Name: secret.name };
});
