import { randomBytes } from 'node:crypto';
import type { WriteRequest } from '../../../engine/resource.ts';
import { LabError } from '../../../errors.ts';
import { isSecret, reveal, type Secret } from '../../../secrets/secret.ts';
import type { Sourced } from '../../../secrets/source.ts';
import { type SecretState, seenValue } from './state.ts';
import { decodeMarks, encodeMarks, foreignTags, mostTags, sameTags } from './tags.ts';
import type { Settings, Version } from './vault-secrets.ts';

/** A secret as the manifest has it, after parsing. */
export interface Desired {
  readonly value: Secret | Sourced;
  /** '' for none. */
  readonly contentType?: string | undefined;
  readonly enabled?: boolean | undefined;
  /** null: must be absent. */
  readonly tags?: Readonly<Record<string, string | null>> | undefined;
}

/** What write() is asked for. */
export type SecretRequest = WriteRequest<Desired>;

/** The one call that makes a secret what is desired: a new version, or other settings of the current one. */
export type Step =
  | { readonly is: 'set'; readonly value: Secret; readonly settings: Settings }
  | { readonly is: 'update'; readonly version: string; readonly settings: Settings }
  | { readonly is: 'none' };

const longest = 25 * 1024;

/** What is wrong with a value, as one sentence; undefined if nothing is. */
export const valueFault = (value: Secret): string | undefined =>
  Buffer.byteLength(reveal(value)) > longest ? 'value is longer than the 25 KB that Key Vault takes' : undefined;

/** Decides from what is there and what is desired. Throws REJECTED or CONFLICT on what Key Vault would refuse. */
export const nextStep = (name: string, state: SecretState, { spec, mark, fingerprints }: SecretRequest): Step => {
  const live = state.is === 'live' ? state : undefined;
  const current = live?.current;
  if (current?.managed === true) {
    throw new LabError('CONFLICT', `${name} belongs to the certificate of that name, which alone can change it`);
  }
  const owner = mark === undefined ? {} : { owner: mark };
  const { stated, others } = tagsFor(current?.tags ?? {}, spec.tags ?? {});
  const checked = (tags: Version['tags']): Version['tags'] => refuseTooMany(name, { ...others, ...tags });

  const fingerprint = fingerprints['value'] ?? '';
  const seen = live === undefined ? undefined : seenValue(live);
  const isThere = seen?.fingerprint === fingerprint && seen.moved === false;
  if (isSecret(spec.value) && !isThere) {
    const fault = valueFault(spec.value);
    if (fault !== undefined) throw new LabError('REJECTED', fault);
    const stamp = { fingerprint, write: randomBytes(12).toString('hex') };
    const tags = checked(encodeMarks({ ...owner, stamp, stated }));
    const contentType = spec.contentType ?? current?.contentType ?? '';
    const enabled = spec.enabled ?? current?.enabled ?? true;
    // For how long the old value was good says nothing of the new one, so those times are not carried over.
    return {
      is: 'set',
      value: spec.value,
      settings: { tags, enabled, ...(contentType === '' ? {} : { contentType }) },
    };
  }
  if (current === undefined) throw new LabError('MISSING_SOURCE', `${name} has no value to be made with`);
  const tags = checked(encodeMarks({ ...decodeMarks(current.tags), ...owner, stated }));
  return updateTo(current, { ...spec, tags });
};

const updateTo = (current: Version, { contentType, enabled, tags }: Desired & Pick<Version, 'tags'>): Step => {
  const settings = {
    ...(contentType === undefined || contentType === current.contentType ? {} : { contentType }),
    ...(enabled === undefined || enabled === current.enabled ? {} : { enabled }),
    ...(sameTags(tags, current.tags) ? {} : { tags }),
  };
  return Object.keys(settings).length === 0 ? { is: 'none' } : { is: 'update', version: current.id, settings };
};

/** The tags beside the marks: the desired ones, and other people's that are not to go. */
const tagsFor = (live: Version['tags'], desired: NonNullable<Desired['tags']>) => {
  const texts = Object.entries(desired).filter((entry): entry is [string, string] => entry[1] !== null);
  const foreign = Object.entries(foreignTags(live)).filter(([name]) => desired[name] !== null);
  return { stated: texts.map(([name]) => name), others: Object.fromEntries([...foreign, ...texts]) };
};

const refuseTooMany = (name: string, tags: Version['tags']): Version['tags'] => {
  const count = Object.keys(tags).length;
  if (count <= mostTags) return tags;
  throw new LabError('REJECTED', `${name} would have ${count} tags, and Key Vault takes ${mostTags}`, {
    next: "Remove tags from the manifest or from the secret; lab's own are needed to recognise it.",
  });
};
