import { z } from 'zod';
import { duration } from '../../../engine/fields.ts';
import type { Kind, Live, Present, WriteRequest } from '../../../engine/resource.ts';
import { clearable } from '../clearable.ts';
import type { MountEntry, VaultClient } from '../client.ts';
import { trimSlashes } from '../path.ts';
import { recognising } from '../recognising.ts';

// What `sys/mounts` and `sys/auth` have in common: secrets engines and auth methods are listed, made and tuned alike.

/** The fields of a mounted thing. */
export const entryShape = {
  type: z.string().min(1),
  description: clearable(z.string(), '').describe('For people; lab adds its ownership mark to it in Vault.'),
  defaultLeaseTtl: clearable(duration(), 0).describe(
    'How long leases and tokens live by default; 0 = as the system has it.',
  ),
  maxLeaseTtl: clearable(duration(), 0).describe('How long they can live at most; 0 = as the system has it.'),
};

/** Their traits. */
export const entryFields = {
  type: { immutable: true },
  description: { unset: '' },
  defaultLeaseTtl: { unset: 0 },
  maxLeaseTtl: { unset: 0 },
} as const satisfies Kind<typeof entryShape, VaultClient>['fields'];

type EntrySpec = z.output<z.ZodObject<typeof entryShape>>;

/** The identity of what is mounted at a path. */
export const entryId = ([path = '']: readonly string[]): readonly string[] => [trimSlashes(path)];

const markPattern = / ?\[lab ([^[\]]+)\]$/;

/** A description as Vault holds it: the user's text and ` [lab NAME/ENVIRONMENT/INSTALLATION]`. */
export const withMark = (description: string, mark: string | undefined): string => {
  if (mark === undefined) return description;
  return `${description}${description === '' ? '' : ' '}[lab ${mark}]`;
};

/** The user's text and the mark of such a description. */
export const splitMark = (text: string): { description: string; mark?: string } => {
  const [suffix, mark] = markPattern.exec(text) ?? [];
  return suffix === undefined || mark === undefined
    ? { description: text }
    : { description: text.slice(0, -suffix.length), mark };
};

/** What read() answers for a listed entry. `type` is in the user's words: `kv-v2` where Vault says kv with a version. */
export const liveEntry = (entry: MountEntry | undefined): Live => {
  if (entry === undefined) return { exists: 'no' };
  const { description, mark } = splitMark(entry.description);
  return {
    exists: 'yes',
    spec: {
      type: entry.type === 'kv' && entry.options?.version === '2' ? 'kv-v2' : entry.type,
      description,
      defaultLeaseTtl: entry.config.default_lease_ttl,
      maxLeaseTtl: entry.config.max_lease_ttl,
    },
    outputs: { accessor: entry.accessor },
    version: entry.accessor,
    ...(mark === undefined ? {} : { mark }),
  };
};

// What every Vault has.
const builtIn = ['system', 'identity', 'cubbyhole', 'token', 'agent_registry'];

/** All that is mounted and not Vault's own. */
export const present = (table: ReadonlyMap<string, MountEntry>): readonly Present[] =>
  [...table]
    .filter(([, { type }]) => !builtIn.includes(type))
    .map(([path, { description }]) => {
      const { mark } = splitMark(description);
      return { id: [path], ...(mark === undefined ? {} : { mark }) };
    });

/** A kind's `recognises` for what is mounted: what can be tuned. */
export const recognisingEntry = (table: 'mounts' | 'auth') =>
  recognising(([path = '']) => ['sys', table, path, 'tune'], {
    description: 'description',
    defaultLeaseTtl: 'default_lease_ttl',
    maxLeaseTtl: 'max_lease_ttl',
  });

/** Mounts what is absent, tunes what is there. `table` is `mounts` or `auth`. */
export const writeEntry = async (
  client: VaultClient,
  table: 'mounts' | 'auth',
  { id: [path = ''], spec, live, mark }: WriteRequest<EntrySpec>,
): Promise<void> => {
  const ttls = { default_lease_ttl: ttl(spec.defaultLeaseTtl), max_lease_ttl: ttl(spec.maxLeaseTtl) };
  if (live.exists !== 'yes') {
    const description = withMark(spec.description ?? '', mark);
    return client.write('POST', ['sys', table, path], { type: spec.type, description, config: ttls });
  }
  const found = typeof live.spec.description === 'string' ? live.spec.description : '';
  // A mark that is not ours to leave stays.
  const description = withMark(spec.description ?? found, mark ?? live.mark);
  // The only type that a mount can be made into.
  const options = live.spec.type === 'kv' && spec.type === 'kv-v2' ? { options: { version: '2' } } : {};
  return client.write('POST', ['sys', table, path, 'tune'], { description, ...ttls, ...options });
};

// To `tune` 0 and "" mean "leave it"; `system` is its word for the system's own value, as 0 is when mounting.
const ttl = (seconds: number | undefined): string | undefined =>
  seconds === undefined ? undefined : seconds === 0 ? 'system' : `${seconds}s`;
