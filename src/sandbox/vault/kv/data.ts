import { entryOf } from '../content.ts';
import { type Call, type Endpoint, endpoint } from '../endpoint.ts';
import { convertFields, isMap, type Values } from '../fields.ts';
import { absent, type Data, done, found, foundGone, type Result, refused } from '../result.ts';
import { attribution } from './attribution.ts';
import {
  deletionTimeFrom,
  describeVersion,
  emptySecret,
  isGone,
  type KvSecret,
  type KvStore,
  type Version,
} from './content.ts';
import { secretOf, storeOf } from './store.ts';

const defaultMaxVersions = 10;

const writeFields = { data: 'map', options: 'map', version: 'int' } as const;

/** The complaint about the version that the writer believes to be current. */
const casComplaint = (store: KvStore, secret: KvSecret, options: Data = {}): string | undefined => {
  if (!Object.hasOwn(options, 'cas')) {
    const required = store.casRequired || secret.casRequired;
    return required ? 'check-and-set parameter required for this call' : undefined;
  }
  const cas = convertFields({ cas: 'int' }, options);
  if (!cas.ok) return 'error parsing check-and-set parameter';
  const same = cas.value.cas === secret.currentVersion;
  return same ? undefined : 'check-and-set parameter did not match the current version';
};

const write = (call: Call, { data, options }: Values<typeof writeFields>): Result => {
  if (data === undefined) return refused(400, 'no data provided');
  const store = storeOf(call);
  const now = new Date().toISOString();
  const secret = secretOf(call) ?? emptySecret(now);
  const complaint = casComplaint(store, secret, options);
  return complaint === undefined ? addVersion(call, store, secret, data, now) : refused(400, complaint);
};

const patch = (call: Call, { data, options }: Values<typeof writeFields>): Result => {
  if (data === undefined) return refused(400, 'no data provided');
  const store = storeOf(call);
  const secret = secretOf(call);
  const current = secret?.versions[secret.currentVersion];
  if (secret === undefined || current === undefined) return { is: 'bare', status: 404 };
  const complaint = casComplaint(store, secret, options);
  if (complaint !== undefined) return refused(400, complaint);
  if (isGone(current)) return foundGone(describeVersion(secret, secret.currentVersion, current));
  return addVersion(call, store, secret, mergePatch(current.data ?? {}, data), new Date().toISOString());
};

const addVersion = (call: Call, store: KvStore, secret: KvSecret, data: Data, now: string): Result => {
  const by = attribution(call.token, call.operation);
  const version: Version = {
    createdTime: now,
    createdBy: by,
    deletionTime: deletionTimeFrom(now, store, secret),
    deletedBy: null,
    destroyed: false,
    data,
  };
  const number = secret.currentVersion + 1;
  secret.versions[number] = version;
  secret.currentVersion = number;
  secret.updatedTime = now;
  secret.lastUpdatedBy = by;
  dropOldVersions(secret, Math.max(store.maxVersions, secret.maxVersions) || defaultMaxVersions);
  store.secrets[call.params[0] ?? ''] = secret;
  call.vault.changed();
  return found(describeVersion(secret, number, version));
};

const dropOldVersions = (secret: KvSecret, keep: number): void => {
  if (secret.currentVersion - secret.oldestVersion < keep) return;
  secret.oldestVersion = secret.currentVersion - keep + 1;
  for (const number of Object.keys(secret.versions)) {
    if (Number(number) < secret.oldestVersion) delete secret.versions[number];
  }
};

/** RFC 7396: null removes, objects merge, all else replaces. */
const mergePatch = (target: Data, changes: Data): Data => {
  const merged: Record<string, unknown> = { ...target };
  for (const [key, value] of Object.entries(changes)) {
    const was = entryOf(target, key);
    if (value === null) delete merged[key];
    else merged[key] = isMap(value) ? mergePatch(isMap(was) ? was : {}, value) : value;
  }
  return merged;
};

/** Reads a version in the form that `show` gives its data. */
const read = (call: Call, asked: number, show: (data: Data | null, metadata: Data) => Data): Result => {
  const secret = secretOf(call);
  if (secret === undefined) return absent;
  const number = asked === 0 ? secret.currentVersion : asked;
  const version = secret.versions[number];
  if (version === undefined) return absent;
  const metadata = describeVersion(secret, number, version);
  return isGone(version) ? foundGone(show(null, metadata)) : found(show(version.data ?? {}, metadata));
};

const remove = (call: Call): Result => {
  const secret = secretOf(call);
  const current = secret?.versions[secret.currentVersion];
  if (secret === undefined || current === undefined || isGone(current)) return done;
  const by = attribution(call.token, 'delete');
  current.deletionTime = new Date().toISOString();
  current.deletedBy = by;
  secret.lastUpdatedBy = by;
  call.vault.changed();
  return done;
};

/** The keys of an object with null for every value; objects deeper than `depth` count as values. 0 = any depth. */
const subkeys = (data: Data, depth: number): Data =>
  Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      isMap(value) && Object.keys(value).length > 0 && depth !== 1 ? subkeys(value, Math.max(0, depth - 1)) : null,
    ]),
  );

const exists = (call: Call): boolean => secretOf(call) !== undefined;

/** `data/PATH` and `subkeys/PATH`. */
export const dataEndpoints: readonly Endpoint[] = [
  endpoint({
    pattern: /^data\/(.*[^/])$/,
    fields: writeFields,
    exists,
    on: {
      read: (call, { version = 0 }) => read(call, version, (data, metadata) => ({ data, metadata })),
      update: write,
      patch,
      delete: remove,
    },
  }),
  endpoint({
    pattern: /^subkeys\/(.*[^/])$/,
    fields: { version: 'int', depth: 'int' },
    on: {
      read: (call, { version = 0, depth = 0 }) =>
        read(call, version, (data, metadata) => ({ metadata, subkeys: data === null ? null : subkeys(data, depth) })),
    },
  }),
];
