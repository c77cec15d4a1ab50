import { type Call, type Endpoint, endpoint } from '../endpoint.ts';
import { isMap } from '../fields.ts';
import { absent, done, found, foundGone, type Result, refused } from '../result.ts';
import type { SecretId } from './content.ts';
import { isOver, nameIn, roleIn } from './store.ts';

/** Makes one: the only answer that ever holds it. */
const make = (call: Call, given: { readonly metadata?: string; readonly ttl?: number }): Result => {
  const role = roleIn(call);
  if (role === undefined) return refused(404, `role "${nameIn(call)}" does not exist`);
  const metadata = metadataIn(given.metadata);
  if (metadata === undefined) {
    return refused(400, 'failed to parse metadata: failed to parse the input: invalid <key,value> format');
  }
  const { ttl = role.secretIdTtl } = given;
  if (role.secretIdTtl > 0 && ttl > role.secretIdTtl) {
    return refused(400, "ttl cannot be longer than the role's secret_id_ttl");
  }
  const made: SecretId = {
    id: crypto.randomUUID(),
    accessor: crypto.randomUUID(),
    metadata,
    createdAt: Date.now(),
    ttl,
    usesLeft: role.secretIdUses,
  };
  role.secretIds[made.accessor] = made;
  call.vault.changed();
  return found({
    secret_id: made.id,
    secret_id_accessor: made.accessor,
    secret_id_num_uses: made.usesLeft,
    secret_id_ttl: made.ttl,
  });
};

/** Texts by name, as JSON; undefined for anything else. */
const metadataIn = (text = '{}'): Readonly<Record<string, string>> | undefined => {
  const parsed = parsedJson(text);
  if (!isMap(parsed)) return undefined;
  const entries = Object.entries(parsed);
  return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')
    ? Object.fromEntries(entries)
    : undefined;
};

const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const list = (call: Call): Result => {
  const keys = Object.values(roleIn(call)?.secretIds ?? {})
    .filter((secretId) => !isOver(secretId))
    .map(({ accessor }) => accessor);
  return keys.length === 0 ? absent : found({ keys });
};

interface Named {
  readonly secret_id_accessor?: string;
}

const lookUp = (call: Call, { secret_id_accessor: accessor = '' }: Named): Result => {
  const known = roleIn(call)?.secretIds[accessor];
  if (known === undefined || isOver(known)) {
    return foundGone({ error: `failed to find accessor entry for secret_id_accessor: "${accessor}"` });
  }
  const created = new Date(known.createdAt).toISOString();
  return found({
    cidr_list: [],
    creation_time: created,
    expiration_time:
      known.ttl === 0 ? '0001-01-01T00:00:00Z' : new Date(known.createdAt + known.ttl * 1000).toISOString(),
    last_updated_time: created,
    metadata: known.metadata,
    secret_id_accessor: known.accessor,
    secret_id_num_uses: known.usesLeft,
    secret_id_ttl: known.ttl,
    token_bound_cidrs: [],
  });
};

const destroy = (call: Call, { secret_id_accessor: accessor = '' }: Named): Result => {
  const known = roleIn(call)?.secretIds;
  if (known?.[accessor] === undefined) {
    const text = `failed to find accessor entry for secret_id_accessor: "${accessor}"`;
    return refused(500, `1 error occurred:\n\t* ${text}\n\n`);
  }
  delete known[accessor];
  call.vault.changed();
  return done;
};

const named = { role_name: 'string', secret_id_accessor: 'string' } as const;

/** `role/NAME/secret-id…`. */
export const secretIdEndpoints: readonly Endpoint[] = [
  endpoint({
    pattern: /^role\/(\w(?:[\w.-]*\w)?)\/secret-id\/?$/,
    fields: {
      metadata: 'string',
      ttl: 'seconds',
      role_name: 'string',
      cidr_list: 'commaList',
      token_bound_cidrs: 'commaList',
    },
    on: { update: make, list },
  }),
  endpoint({
    pattern: /^role\/(\w(?:[\w.-]*\w)?)\/secret-id-accessor\/lookup$/,
    fields: named,
    on: { update: lookUp },
  }),
  endpoint({
    pattern: /^role\/(\w(?:[\w.-]*\w)?)\/secret-id-accessor\/destroy$/,
    fields: named,
    on: { update: destroy, delete: destroy },
  }),
];
