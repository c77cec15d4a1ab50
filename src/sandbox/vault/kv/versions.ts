import { type Call, type Endpoint, endpoint } from '../endpoint.ts';
import { done, type Result, refused } from '../result.ts';
import { attribution } from './attribution.ts';
import { deletionTimeFrom, isGone, type KvSecret, type KvStore, type Version } from './content.ts';
import { secretOf, storeOf } from './store.ts';

const now = (): string => new Date().toISOString();

type Change = (version: Version, secret: KvSecret, store: KvStore, call: Call) => void;

const changes = {
  delete: (version, _secret, _store, { token, operation }) => {
    if (isGone(version)) return;
    version.deletionTime = now();
    version.deletedBy = attribution(token, operation);
  },
  undelete: (version, secret, store) => {
    if (version.destroyed) return;
    version.deletionTime = deletionTimeFrom(now(), store, secret);
    version.deletedBy = null;
  },
  destroy: (version) => {
    version.destroyed = true;
    delete version.data;
  },
} as const satisfies Record<string, Change>;

const changeVersions = (call: Call, numbers: readonly number[], name: keyof typeof changes): Result => {
  if (numbers.length === 0) return refused(400, `${name === 'destroy' ? 'no' : 'No'} version number provided`);
  const secret = secretOf(call);
  if (secret === undefined) return done;
  for (const number of numbers) {
    const version = secret.versions[number];
    if (version !== undefined) changes[name](version, secret, storeOf(call), call);
  }
  const operation = name === 'undelete' ? name : call.operation;
  if (name !== 'destroy') secret.lastUpdatedBy = attribution(call.token, operation);
  call.vault.changed();
  return done;
};

const names = ['delete', 'undelete', 'destroy'] as const;

/** `delete/PATH`, `undelete/PATH` and `destroy/PATH`, each for versions by number. */
export const versionEndpoints: readonly Endpoint[] = names.map((name) =>
  endpoint({
    pattern: new RegExp(`^${name}/(.*[^/])$`),
    fields: { versions: 'ints' },
    on: { update: (call, { versions = [] }) => changeVersions(call, versions, name) },
  }),
);
