import { z } from 'zod';
import { sortedSet } from '../../engine/fields.ts';
import type { KubeObject } from '../../engine/ports.ts';
import type { FieldTraits } from '../../engine/resource.ts';
import type { Fields } from '../../engine/value.ts';
import { parseGoDuration } from './go-duration.ts';
import { checkMetadata, metadataShape, unmarked } from './marks.ts';

/** The fields that both kinds of store have. */
export const storeShape = {
  provider: z
    .record(z.string(), z.json())
    .describe("External Secrets' own provider block, as its documentation has it, with exactly one provider in it"),
  refreshInterval: z.number().int().positive().optional().describe('Seconds between two checks of the store'),
  ...metadataShape,
};

/** Which namespaces may read from a ClusterSecretStore; any one condition is enough, and none means all. */
export const conditionsShape = {
  conditions: z
    .array(
      z.strictObject({
        namespaceSelector: z.record(z.string(), z.json()).optional(),
        namespaces: sortedSet().optional(),
        namespaceRegexes: sortedSet().optional().describe('Not anchored: write ^team-a$ for one namespace'),
      }),
    )
    .optional()
    .describe('Which namespaces may read from the store; any one condition is enough'),
};

const clusterSchema = z.strictObject({ ...storeShape, ...conditionsShape });

/** A store's spec after parsing; a SecretStore has no conditions. */
export type StoreSpec = z.output<typeof clusterSchema>;

/** Traits of a store's fields. */
export const storeFields: Readonly<Record<string, FieldTraits>> = {
  provider: { reference: true, destination: true },
  conditions: { exact: true, grant: true },
};

/** What External Secrets would refuse in the provider block, and what is lab's own. */
export const checkStore = ({ provider, ...metadata }: StoreSpec): string | undefined => {
  const named = Object.keys(provider).filter((name) => provider[name] !== null);
  if (named.length === 1) return checkMetadata(metadata);
  return `provider must name exactly one provider, and it names ${named.join(', ') || 'none'}`;
};

// The parse boundary: definitions on the server guarantee more than is asked for here.
const liveSchema = z.object({
  provider: z.record(z.string(), z.json()).optional(),
  refreshInterval: z.union([z.number(), z.string()]).optional(),
  conditions: z.array(z.record(z.string(), z.json())).optional(),
});

/** What a live store says, in the spec's words. */
export const storeSpecOf = ({ spec, metadata }: KubeObject): Fields => {
  const { provider, refreshInterval, conditions } = liveSchema.parse(spec);
  const seconds = typeof refreshInterval === 'string' ? parseGoDuration(refreshInterval) : refreshInterval;
  return {
    ...unmarked(metadata),
    ...(provider === undefined ? {} : { provider }),
    ...(seconds === undefined ? {} : { refreshInterval: seconds }),
    ...(conditions === undefined ? {} : { conditions: conditions.map(sorted) }),
  };
};

const sorted = (condition: Readonly<Record<string, z.core.util.JSONType>>): Fields =>
  Object.fromEntries(
    Object.entries(condition).map(([field, value]) => {
      const names = z.array(z.string()).safeParse(value);
      return [field, names.success ? names.data.toSorted() : value];
    }),
  );
