import { goDuration } from '../duration.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { done, found, foundGone, type Result } from '../result.ts';
import { dataEndpoints } from './data.ts';
import { metadataEndpoints } from './metadata.ts';
import { storeOf } from './store.ts';
import { versionEndpoints } from './versions.ts';

/** The paths of a KV version 2 engine. */
export const kvEndpoints: readonly Endpoint[] = [
  endpoint({
    pattern: /^config$/,
    fields: { max_versions: 'int', cas_required: 'bool', delete_version_after: 'signedSeconds' },
    on: {
      read: (call) => {
        const { casRequired, deleteVersionAfter, maxVersions } = storeOf(call);
        return found({
          cas_required: casRequired,
          delete_version_after: goDuration(deleteVersionAfter),
          max_versions: maxVersions,
        });
      },
      update: (call, wanted) => {
        const store = storeOf(call);
        // The server keeps it as an unsigned number of 32 bits.
        store.maxVersions = wanted.max_versions === undefined ? store.maxVersions : wanted.max_versions >>> 0;
        store.casRequired = wanted.cas_required ?? store.casRequired;
        const after = wanted.delete_version_after;
        store.deleteVersionAfter = after === undefined ? store.deleteVersionAfter : Math.max(after, -1);
        call.vault.changed();
        return done;
      },
    },
  }),
  ...dataEndpoints,
  ...metadataEndpoints,
  ...versionEndpoints,
];

const roots = ['data', 'metadata', 'delete', 'undelete', 'destroy', 'subkeys'];

/** What a KV version 2 engine says of a path that it does not have. */
export const kvUnknownPath = (path: string, operation: string): Result => {
  if (operation !== 'list' && roots.includes(path)) {
    return foundGone(null, ['Non-listing operations on the root of a K/V v2 mount are not supported.']);
  }
  const command = { list: 'list', delete: 'delete', create: 'put', update: 'put', patch: 'patch' }[operation] ?? 'get';
  return foundGone(null, [
    `Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use. If using the Vault CLI, use 'vault kv ${command}' for this operation.`,
  ]);
};
