import { entryOf } from '../content.ts';
import { parseDuration } from '../duration.ts';
import type { Call } from '../endpoint.ts';
import type { Values } from '../fields.ts';
import { doneWith, foundRepeated, type Result, refused } from '../result.ts';
import { systemTtl } from '../tokens.ts';
import { entriesOf, pathOf, type Table, visibility } from './table.ts';

/** What can be tuned. */
export const tuneFields = {
  description: 'string',
  default_lease_ttl: 'string',
  max_lease_ttl: 'string',
  options: 'pairs',
  listing_visibility: 'string',
} as const;

/** Changes what is named; lifetimes of 0 and `system` go back to the system's, `""` leaves them. */
export const tune = (call: Call, table: Table, values: Values<typeof tuneFields>): Result => {
  const path = pathOf(call);
  if (table.name === 'mounts' && table.fixed.includes(path)) return refused(400, `cannot tune "${path}"`);
  const entry = entryOf(entriesOf(call.vault.content, table), path);
  if (entry === undefined) return refused(400, `tune of path "${table.prefix}${path}" failed: no mount entry found`);
  const defaultLeaseTtl = tunedTime(values.default_lease_ttl, entry.defaultLeaseTtl);
  const maxLeaseTtl = tunedTime(values.max_lease_ttl, entry.maxLeaseTtl);
  if (typeof defaultLeaseTtl === 'string') return refused(400, defaultLeaseTtl);
  if (typeof maxLeaseTtl === 'string') return refused(400, maxLeaseTtl);
  if (defaultLeaseTtl !== 0 && maxLeaseTtl !== 0 && maxLeaseTtl < defaultLeaseTtl) {
    return refused(
      400,
      `backend max lease TTL of ${maxLeaseTtl} would be less than backend default lease TTL of ${defaultLeaseTtl}`,
    );
  }
  const listing = values.listing_visibility;
  if (!['', 'unauth', 'hidden', undefined].includes(listing)) {
    return refused(400, `invalid listing_visibility ${listing ?? ''}`);
  }
  const [was, wanted] = [Number(entry.options?.['version'] ?? 0), values.options?.['version']];
  if (wanted !== undefined && ![0, 1, 2].includes(Number(wanted)))
    return refused(400, `invalid version provided: ${wanted}`);
  if (wanted === '') return refused(400, 'invalid version provided: 0');
  if (wanted !== undefined && Number(wanted) < was) return refused(400, `cannot downgrade mount from version ${was}`);

  entry.description = values.description ?? entry.description;
  if (listing !== undefined) entry.listingVisibility = listing;
  entry.defaultLeaseTtl = defaultLeaseTtl;
  entry.maxLeaseTtl = maxLeaseTtl;
  const options = Object.entries({ ...entry.options, ...values.options }).filter(([, value]) => value !== '');
  if (values.options !== undefined) entry.options = Object.fromEntries(options);
  call.vault.changed();
  const upgrades = wanted !== undefined && Number(wanted) > was && wanted === '2';
  return doneWith(
    upgrades
      ? [
          `Upgrading mount from version ${was} to version 2. This mount will be unavailable for a brief period and will resume service shortly.`,
        ]
      : [],
  );
};

const tunedTime = (value: string | undefined, now: number): number | string => {
  if (value === undefined || value === '') return now;
  if (value === 'system') return 0;
  const parsed = parseDuration(value);
  return parsed.ok ? parsed.seconds : parsed.error;
};

/** The settings in effect: where the entry says 0, the system's lifetimes. */
export const readTune = (call: Call, table: Table): Result => {
  const path = pathOf(call);
  const entry = entryOf(entriesOf(call.vault.content, table), path);
  if (entry === undefined) return refused(400, `cannot fetch sysview for path "${table.prefix}${path}"`);
  return foundRepeated({
    default_lease_ttl: entry.defaultLeaseTtl === 0 ? systemTtl : entry.defaultLeaseTtl,
    description: entry.description,
    force_no_cache: false,
    max_lease_ttl: entry.maxLeaseTtl === 0 ? systemTtl : entry.maxLeaseTtl,
    ...visibility(entry),
    ...(entry.options === null || Object.keys(entry.options).length === 0 ? {} : { options: entry.options }),
    ...(entry.tokenType === undefined ? {} : { token_type: entry.tokenType }),
  });
};
