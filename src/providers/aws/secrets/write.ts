import { pause } from '../../../engine/pause.ts';
import type { Live, WriteRequest } from '../../../engine/resource.ts';
import { LabError } from '../../../errors.ts';
import { changeProperties, propertyOf } from '../../../secrets/properties.ts';
import { reveal, type Secret, sameSecret } from '../../../secrets/secret.ts';
import type { AwsClient, NewVersion, SecretPlace, SecretState } from '../client.ts';
import type { Tags } from '../tags.ts';
import { type Desired, type Intent, intend, settledMarks } from './intent.ts';
import { encodeMarks, isOwnTag, standing } from './marks.ts';

type Request = WriteRequest<Desired>;

const nothing: SecretState = { description: '', tags: {}, stages: {} };
const ourLabel = 'lab';
// Source: Secrets Manager quotas, "Secret value size".
const mostBytes = 65_536;

/**
 * Brings a secret to what is desired, from any start. A new secret is one call. Of one that is there, marks announce
 * the id of the version to come, the version follows beside the current one, and AWSCURRENT moves to it on condition
 * that it still is where it was seen. After a crash anywhere in between, marks and labels tell how far it came.
 */
export const writeSecret = async (client: AwsClient, place: SecretPlace, request: Request): Promise<void> => {
  const found = await client.describe(place);
  refuseMoved(place, request.live, found);
  const restored = found?.deletion !== undefined;
  const intent = intend(place, request, found ?? nothing, restored);
  if (found === undefined) return create(client, place, request, intent);
  if (restored) await client.restore(place);
  const version = await nextVersion(client, place, found, intent, request.takeOver === true || restored);

  await untag(client, place, found.tags, unwantedTags(request, intent));
  const announced = { ...encodeMarks(intent.marks), ...wantedTags(request) };
  await tag(client, place, found.tags, announced);
  if (version !== undefined) {
    await announcedOrNot(client, place, found.tags, announced, () => replaceVersion(client, place, found, version));
  }
  const settled = encodeMarks(settledMarks(intent));
  const tags = { ...found.tags, ...announced };
  await untag(
    client,
    place,
    tags,
    Object.keys(tags).filter((name) => name.startsWith('lab-') && !(name in settled)),
  );
  const { description } = request.spec;
  if (description !== undefined && description !== found.description) await client.setDescription(place, description);
  if (version !== undefined) await untilCurrent(client, place, version.id);
};

const refuseMoved = ({ name }: SecretPlace, live: Live, found: SecretState | undefined): void => {
  const exists = found !== undefined && found.deletion === undefined;
  const seen = live.exists === 'yes' ? live.version : undefined;
  if (exists === (live.exists === 'yes') && (!exists || seen === versionOf(found))) return;
  throw new LabError('MOVED', `${name} was changed by somebody else since it was read`);
};

/** A secret's version for the precondition of a write. */
export const versionOf = ({ current }: SecretState): string => current ?? 'none';

const create = async (client: AwsClient, place: SecretPlace, request: Request, intent: Intent): Promise<void> => {
  const { version } = intent;
  if (version === undefined) throw new TypeError('a new secret needs a value');
  const value = bounded(place, newValue(place, intent, undefined));
  const { description } = request.spec;
  const tags = { ...encodeMarks(settledMarks(intent)), ...wantedTags(request) };
  try {
    await client.create(place, { id: version, value }, { ...(description === undefined ? {} : { description }), tags });
  } catch (error) {
    // It came, or was scheduled for deletion, since it was read.
    if (error instanceof LabError && error.code === 'REJECTED' && (await client.describe(place)) !== undefined) {
      throw new LabError('MOVED', `${place.name} came into being since it was read`);
    }
    throw error;
  }
  await untilCurrent(client, place, version);
};

/** The version to write, made of the current one where that has properties of others. Nothing is sent that changes anything. */
const nextVersion = async (
  client: AwsClient,
  place: SecretPlace,
  found: SecretState,
  intent: Intent,
  takeOver: boolean,
): Promise<NewVersion | undefined> => {
  if (intent.version === undefined) return undefined;
  const replacesOurs = intent.before.fields.has('') && standing(intent.before, found) !== 'moved';
  const whole = intent.set.has('') || replacesOurs;
  const base = whole || found.current === undefined ? undefined : await textOf(client, place, found.current);
  if (base !== undefined && !takeOver) refuseForeignProperties(place, base, intent);
  return { id: intent.version, value: bounded(place, newValue(place, intent, base)) };
};

const textOf = async (client: AwsClient, place: SecretPlace, version: string): Promise<Secret> => {
  const text = await client.value(place, version);
  if (text !== undefined) return text;
  throw new LabError('CONFLICT', `${place.name} holds bytes, not text, so it can have no properties`);
};

const newValue = ({ name }: SecretPlace, { set, gone }: Intent, base: Secret | undefined): Secret => {
  const whole = set.get('');
  if (whole !== undefined) return whole;
  return changeProperties(
    base,
    { ...Object.fromEntries(gone.map((field) => [field, null])), ...Object.fromEntries(set) },
    name,
  );
};

// Which properties are in a secret is only known here, where it has to be read: plan never sees values.
const refuseForeignProperties = ({ name }: SecretPlace, base: Secret, { set, before }: Intent): void => {
  if (before.fields.size === 0) return;
  for (const [field, value] of set) {
    const there = before.fields.has(field) ? undefined : propertyOf(base, field, name);
    if (there === undefined || sameSecret(there, value)) continue;
    throw new LabError('CONFLICT', `${name} has a property "${field}" that lab did not write, with another value`, {
      next: 'Take it out of the secret or of the manifest, or let lab take it over with --adopt.',
    });
  }
};

const bounded = ({ name }: SecretPlace, value: Secret): Secret => {
  const bytes = Buffer.byteLength(reveal(value));
  if (bytes <= mostBytes) return value;
  throw new LabError('REJECTED', `${name} would hold ${bytes} bytes, and AWS takes at most ${mostBytes}`);
};

/** Takes the announcement back if AWS said no, because then nothing was written. */
const announcedOrNot = async (
  client: AwsClient,
  place: SecretPlace,
  before: Tags,
  announced: Tags,
  write: () => Promise<void>,
): Promise<void> => {
  try {
    await write();
  } catch (error) {
    if (error instanceof LabError && error.code !== 'UNREACHABLE' && error.code !== 'CANCELLED') {
      await takeBack(client, place, before, announced);
    }
    throw error;
  }
};

/** What cannot be taken back looks like a run that was killed there, which the next one makes sense of. */
const takeBack = async (client: AwsClient, place: SecretPlace, before: Tags, announced: Tags): Promise<void> => {
  const ours = Object.entries(before).filter(([name]) => isOwnTag(name));
  const added = Object.keys(announced).filter((name) => isOwnTag(name) && !(name in before));
  try {
    await tag(client, place, { ...before, ...announced }, Object.fromEntries(ours));
    await untag(client, place, announced, added);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
  }
};

const replaceVersion = async (
  client: AwsClient,
  place: SecretPlace,
  { current }: SecretState,
  version: NewVersion,
): Promise<void> => {
  if (current === undefined) return client.put(place, version);
  await client.put(place, version, ourLabel);
  try {
    await client.makeCurrent(place, version.id, current);
  } catch (error) {
    if (!(error instanceof LabError) || (error.code !== 'REJECTED' && error.code !== 'MOVED')) throw error;
    const now = (await client.describe(place))?.current;
    // A try whose answer was lost had moved it already.
    if (now === version.id) return;
    throw now === current ? error : new LabError('MOVED', `${place.name} got another version since it was read`);
  }
};

const wantedTags = ({ spec: { tags = {} } }: Request): Tags =>
  Object.fromEntries(Object.entries(tags).flatMap(([name, text]) => (text === null ? [] : [[name, text]])));

const unwantedTags = ({ spec: { tags = {} } }: Request, { before }: Intent): readonly string[] => [
  ...Object.keys(tags).filter((name) => tags[name] === null),
  ...before.tags.filter((name) => !(name in tags)),
];

const tag = async (client: AwsClient, place: SecretPlace, live: Tags, wanted: Tags): Promise<void> => {
  const different = Object.entries(wanted).filter(([name, text]) => live[name] !== text);
  if (different.length > 0) await client.tag(place, Object.fromEntries(different));
};

const untag = async (client: AwsClient, place: SecretPlace, live: Tags, names: readonly string[]): Promise<void> => {
  const there = names.filter((name) => name in live);
  if (there.length > 0) await client.untag(place, there);
};

const looks = 20;

// AWS may answer from a copy that has not heard of the write yet; the engine reads right after.
const untilCurrent = async (client: AwsClient, place: SecretPlace, version: string): Promise<void> => {
  for (let look = 0; look < looks; look++) {
    const state = await client.describe(place);
    if (state?.current === version && state.tags['lab-version'] === version) return;
    await pause(500, client.stopping);
  }
};
