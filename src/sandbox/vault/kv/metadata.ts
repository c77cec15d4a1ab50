import { goDuration } from '../duration.ts';
import { type Call, type Endpoint, endpoint } from '../endpoint.ts';
import { convertText, type Values } from '../fields.ts';
import { absent, type Data, done, doneWith, found, type Result, refused, together } from '../result.ts';
import { emptySecret, type KvSecret } from './content.ts';
import { listBelow, secretOf, storeOf } from './store.ts';

const fields = {
  max_versions: 'int',
  cas_required: 'bool',
  delete_version_after: 'seconds',
  custom_metadata: 'map',
} as const;

type Wanted = Values<typeof fields>;

const describe = (secret: KvSecret): Data => ({
  cas_required: secret.casRequired,
  created_time: secret.createdTime,
  current_version: secret.currentVersion,
  custom_metadata: secret.customMetadata,
  delete_version_after: goDuration(secret.deleteVersionAfter),
  last_updated_by: secret.lastUpdatedBy,
  max_versions: secret.maxVersions,
  oldest_version: secret.oldestVersion,
  updated_time: secret.updatedTime,
  versions: Object.fromEntries(
    Object.entries(secret.versions).map(([number, version]) => [
      number,
      {
        created_by: version.createdBy,
        created_time: version.createdTime,
        deleted_by: version.deletedBy,
        deletion_time: version.deletionTime,
        destroyed: version.destroyed,
      },
    ]),
  ),
});

const complaint = 'custom_metadata validation failed';

/** Custom metadata with every value as text, or the refusal. A patch may hold null, which removes. */
const toCustomMetadata = (given: Data, patching: boolean): { texts: Record<string, string | null> } | Result => {
  const texts: Record<string, string | null> = {};
  for (const [key, value] of Object.entries(given)) {
    if (patching && value === null) {
      texts[key] = null;
      continue;
    }
    const text = convertText(value);
    if (!text.ok) return refused(400, `${complaint}: ${text.error}`);
    texts[key] = text.value;
  }
  const complaints = complaintsAbout(texts);
  return complaints.length === 0 ? { texts } : refused(400, together(complaints));
};

const printable = (text: string): boolean => !/[^\P{C}]|[^\P{Z} ]/u.test(text);

const complaintsAbout = (texts: Readonly<Record<string, string | null>>): string[] => {
  const entries = Object.entries(texts);
  if (entries.length > 64) return [`${complaint}: payload must contain at most 64 keys, provided ${entries.length}`];
  return entries
    .flatMap(([key, value]) => {
      const [keyLength, valueLength] = [Buffer.byteLength(key), Buffer.byteLength(value ?? '')];
      return [
        keyLength > 128 || keyLength === 0
          ? `length of key "${key}" is ${keyLength} but must be 0 < len(key) <= 128`
          : undefined,
        printable(key) ? undefined : `key ${JSON.stringify(key)} (${key}) contains unprintable characters`,
        value !== null && (valueLength > 512 || valueLength === 0)
          ? `length of value for key "${key}" is ${valueLength} but must be 0 < len(value) <= 512`
          : undefined,
        value === null || printable(value) ? undefined : `value for key "${key}" contains unprintable characters`,
      ];
    })
    .flatMap((line) => (line === undefined ? [] : [`${complaint}: ${line}`]));
};

const apply = (call: Call, secret: KvSecret, wanted: Wanted): Result => {
  secret.maxVersions = wanted.max_versions ?? secret.maxVersions;
  secret.casRequired = wanted.cas_required ?? secret.casRequired;
  secret.deleteVersionAfter = wanted.delete_version_after ?? secret.deleteVersionAfter;
  const store = storeOf(call);
  store.secrets[call.params[0] ?? ''] = secret;
  call.vault.changed();
  return doneWith(
    store.casRequired && wanted.cas_required === false
      ? ['"cas_required" set to false, but is mandated by backend config. This value will be ignored.']
      : [],
  );
};

const write = (call: Call, wanted: Wanted): Result => {
  if (Object.values(wanted).every((value) => value === undefined)) return done;
  const secret = secretOf(call) ?? emptySecret(new Date().toISOString());
  if (wanted.custom_metadata !== undefined) {
    const custom = toCustomMetadata(wanted.custom_metadata, false);
    if ('is' in custom) return custom;
    setCustomMetadata(secret, custom.texts);
  }
  return apply(call, secret, wanted);
};

const patch = (call: Call, wanted: Wanted): Result => {
  const secret = secretOf(call);
  const custom = toCustomMetadata(wanted.custom_metadata ?? {}, true);
  if ('is' in custom) return custom;
  if (secret === undefined) return { is: 'bare', status: 404 };
  setCustomMetadata(secret, { ...secret.customMetadata, ...custom.texts });
  return apply(call, secret, wanted);
};

const setCustomMetadata = (secret: KvSecret, texts: Readonly<Record<string, string | null>>): void => {
  const kept = Object.entries(texts).flatMap(([key, text]) => (text === null ? [] : [[key, text] as const]));
  secret.customMetadata = kept.length === 0 ? null : Object.fromEntries(kept);
};

const list = (call: Call): Result => listBelow(call, call.params[0] ?? '');

const remove = (call: Call): Result => {
  delete storeOf(call).secrets[call.params[0] ?? ''];
  call.vault.changed();
  return done;
};

/** `metadata` and `metadata/PATH`. */
export const metadataEndpoints: readonly Endpoint[] = [
  endpoint({ pattern: /^metadata\/$/, fields: {}, on: { list } }),
  endpoint({
    pattern: /^metadata\/(.*[^/])\/?$/,
    fields,
    exists: (call) => secretOf(call) !== undefined,
    on: {
      read: (call) => {
        const secret = secretOf(call);
        return secret === undefined ? absent : found(describe(secret));
      },
      list,
      update: write,
      patch,
      delete: remove,
    },
  }),
];
