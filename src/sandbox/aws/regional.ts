import { randomInt, randomUUID } from 'node:crypto';
import { type Content, entryOf, type StoredSecret, seconds, type Version } from './content.ts';
import { invalidParameter, markedForDeletion, notFound } from './refusal.ts';

/** The secrets of one account in one region, and how operations find and change them. */
export interface Regional {
  readonly account: string;
  readonly region: string;
  readonly secrets: Record<string, StoredSecret>;
}

/** A region of the content, made when it is first asked for. */
export const regional = (content: Content, account: string, region: string): Regional => {
  content.regions[region] ??= {};
  return { account, region, secrets: content.regions[region] };
};

/** The secret of a name or ARN, also one that is scheduled for deletion. */
export const findSecret = ({ secrets }: Regional, id: string): StoredSecret => {
  const found = entryOf(secrets, id) ?? Object.values(secrets).find(({ arn }) => arn === id || arn.slice(0, -7) === id);
  if (found !== undefined) return found;
  throw notFound();
};

/** The same, for operations that a scheduled deletion forbids. */
export const activeSecret = (place: Regional, id: string): StoredSecret => {
  const found = findSecret(place, id);
  if (found.deletion !== undefined) throw markedForDeletion();
  return found;
};

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** `arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-` and six random characters. */
export const newArn = ({ account, region }: Regional, name: string): string => {
  const suffix = Array.from({ length: 6 }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
  return `arn:aws:secretsmanager:${region}:${account}:secret:${name}-${suffix}`;
};

/** The id of a version to make: the client's token, or one of our own. */
export const versionIdOf = (token: string | undefined): string => {
  if (token === undefined) return randomUUID();
  if (token.length < 32 || token.length > 64)
    throw invalidParameter('ClientRequestToken must be 32-64 characters long.');
  return token;
};

/** The version that holds a staging label. */
export const holderOf = ({ versions }: StoredSecret, stage: string): string | undefined =>
  Object.keys(versions).find((id) => versions[id]?.stages.includes(stage));

/** Moves a label to a version. With AWSCURRENT goes AWSPREVIOUS, to the version that was current. */
export const moveStage = (secret: StoredSecret, stage: string, to: string | undefined): void => {
  const from = holderOf(secret, stage);
  if (from === to) return;
  for (const version of Object.values(secret.versions)) drop(version, stage);
  if (to !== undefined) secret.versions[to]?.stages.push(stage);
  if (stage === 'AWSCURRENT' && from !== undefined) moveStage(secret, 'AWSPREVIOUS', from);
};

const drop = (version: Version, stage: string): void => {
  version.stages = version.stages.filter((label) => label !== stage);
};

/** Notes that something about the secret changed. */
export const touch = (secret: StoredSecret): void => {
  secret.changedAt = seconds();
};
