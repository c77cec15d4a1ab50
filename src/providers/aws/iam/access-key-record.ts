import { reveal, type Secret, secret } from '../../../secrets/secret.ts';
import type { AwsClient, SecretPlace, SecretState } from '../client.ts';
import type { Tags } from '../tags.ts';
import type { NewKey } from './user-calls.ts';

// The store of record of an access key: a secret of Secrets Manager. The id of each version names the key that it holds,
// in the same call that writes it; so after a crash anywhere it is known which keys are recorded, without any value.

const prefix = 'lab-access-key-id-';

/** A key that the record holds, and the rotation that it was made for. */
export interface RecordedKey {
  readonly id: string;
  readonly rotation?: string;
}

/** What the record holds now, and before it. */
export interface AccessKeyRecord {
  readonly current?: RecordedKey;
  readonly previous?: RecordedKey;
}

/** The id of the version for a key: Secrets Manager takes 32 to 64 characters. */
export const versionFor = ({ id, rotation }: RecordedKey): string =>
  `${prefix}${id}${rotation === undefined ? '' : `.${rotation}`}`;

const keyOf = (version: string | undefined): RecordedKey | undefined => {
  if (version?.startsWith(prefix) !== true) return undefined;
  const [id = '', ...rotation] = version.slice(prefix.length).split('.');
  return { id, ...(rotation.length === 0 ? {} : { rotation: rotation.join('.') }) };
};

/** What the versions of a secret say. */
export const recordIn = (state: SecretState | undefined): AccessKeyRecord => {
  if (state === undefined || state.deletion !== undefined) return {};
  const before = Object.keys(state.stages).find((version) => state.stages[version]?.includes('AWSPREVIOUS'));
  const [current, previous] = [keyOf(state.current), keyOf(before)];
  return { ...(current === undefined ? {} : { current }), ...(previous === undefined ? {} : { previous }) };
};

/** Writes a key that was just made: create-only where there is no record yet, else as its next version. */
export const recordKey = async (
  client: AwsClient,
  place: SecretPlace,
  state: SecretState | undefined,
  { key, rotation, tags }: { key: NewKey; rotation: string | undefined; tags: Tags },
): Promise<void> => {
  const id = versionFor({ id: key.id, ...(rotation === undefined ? {} : { rotation }) });
  const version = { id, value: contentOf(key) };
  if (state === undefined) return client.create(place, version, { tags });
  if (state.deletion !== undefined) await client.restore(place);
  await client.put(place, version);
  await client.tag(place, tags);
};

/** As External Secrets takes it, by two properties. */
const contentOf = ({ id, secret: key }: NewKey): Secret => secret(JSON.stringify({ id, secret: reveal(key) }));
