import { z } from 'zod';
import { entryOf, type StoredSecret, seconds } from './content.ts';
import { operation } from './operation.ts';
import { AwsRefusal, invalidParameter, markedForDeletion, notFound } from './refusal.ts';
import { activeSecret, findSecret, holderOf, moveStage, touch, versionIdOf } from './regional.ts';

const secretId = z.string().min(1);

/** The fields with which a call brings a value. */
export const valueFields = {
  ClientRequestToken: z.string().optional(),
  SecretString: z.string().max(65_536).optional(),
  SecretBinary: z.string().optional(),
};

interface Given {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: string | undefined;
}

/** Adds a version. The token of one that is there: nothing happens if the value is the same, else it is refused. */
export const addVersion = (secret: StoredSecret, id: string, given: Given, stages: readonly string[]): void => {
  const { SecretString: text, SecretBinary: bytes } = given;
  const there = entryOf(secret.versions, id);
  if (there !== undefined) {
    if (there.text === text && there.bytes === bytes) return;
    throw new AwsRefusal(
      'ResourceExistsException',
      `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.arn}.`,
    );
  }
  const first = Object.keys(secret.versions).length === 0;
  const value = { ...(text === undefined ? {} : { text }), ...(bytes === undefined ? {} : { bytes }) };
  secret.versions[id] = { ...value, createdAt: seconds(), stages: [] };
  for (const stage of first ? new Set([...stages, 'AWSCURRENT']) : stages) moveStage(secret, stage, id);
  touch(secret);
};

/** Whether a call brings a value, of which there can be one. */
export const bringsValue = ({ SecretString, SecretBinary }: Given): boolean => {
  if (SecretString !== undefined && SecretBinary !== undefined) {
    throw invalidParameter(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  return SecretString !== undefined || SecretBinary !== undefined;
};

export const getSecretValue = operation(
  { SecretId: secretId, VersionId: z.string().optional(), VersionStage: z.string().optional() },
  ({ SecretId, VersionId, VersionStage }, place) => {
    const secret = findSecret(place, SecretId);
    if (secret.deletion !== undefined) throw markedForDeletion();
    const stage = VersionStage ?? 'AWSCURRENT';
    const id = VersionId ?? holderOf(secret, stage);
    const version = id === undefined ? undefined : entryOf(secret.versions, id);
    if (id === undefined || version === undefined) {
      const what = VersionId === undefined ? `for staging label: ${stage}` : `for VersionId: ${VersionId}`;
      throw notFound(`the specified secret value ${what}`);
    }
    if (VersionStage !== undefined && !version.stages.includes(VersionStage)) {
      throw new AwsRefusal(
        'InvalidRequestException',
        'You provided a VersionStage that is not associated to the provided VersionId.',
      );
    }
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: id,
      SecretString: version.text,
      SecretBinary: version.bytes,
      VersionStages: version.stages,
      CreatedDate: version.createdAt,
    };
  },
);

export const putSecretValue = operation(
  { SecretId: secretId, ...valueFields, VersionStages: z.array(z.string().min(1).max(256)).min(1).max(20).optional() },
  (given, place) => {
    const secret = activeSecret(place, given.SecretId);
    if (!bringsValue(given)) throw invalidParameter('You must provide either SecretString or SecretBinary.');
    const id = versionIdOf(given.ClientRequestToken);
    addVersion(secret, id, given, given.VersionStages ?? ['AWSCURRENT']);
    return { ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: secret.versions[id]?.stages };
  },
);

export const updateSecretVersionStage = operation(
  {
    SecretId: secretId,
    VersionStage: z.string().min(1).max(256),
    MoveToVersionId: z.string().optional(),
    RemoveFromVersionId: z.string().optional(),
  },
  ({ SecretId, VersionStage: stage, MoveToVersionId: to, RemoveFromVersionId: from }, place) => {
    const secret = activeSecret(place, SecretId);
    const holder = holderOf(secret, stage);
    const unknown = [to, from].find((id) => id !== undefined && entryOf(secret.versions, id) === undefined);
    if (unknown !== undefined) throw invalidParameter(`Not a valid version: ${unknown}`);
    if (from === undefined && holder !== undefined && holder !== to) {
      throw invalidParameter(
        `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
      );
    }
    if (from !== undefined && from !== holder) {
      throw invalidParameter(`The staging label ${stage} isn't currently attached to version ${from}.`);
    }
    if (to === undefined && stage === 'AWSCURRENT') {
      throw invalidParameter(
        "You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed.",
      );
    }
    moveStage(secret, stage, to);
    touch(secret);
    return { ARN: secret.arn, Name: secret.name };
  },
);
