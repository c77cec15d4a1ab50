import { z } from 'zod';
import { didYouMean } from '../engine/suggest.ts';
import { LabError } from '../errors.ts';
import { manifestSchema } from '../manifest/schema/manifest.ts';
import { kindsOf, providers } from '../providers/index.ts';

/** A JSON Schema, draft 7. */
export type JsonSchema = Readonly<Record<string, unknown>>;

// input: what a user writes, before defaults and normal forms.
const exported = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(schema, { target: 'draft-7', io: 'input', unrepresentable: 'any' });

/** The JSON Schema of the whole manifest, for editors. */
export const manifestJsonSchema = (): JsonSchema => ({
  title: 'lab manifest',
  ...exported(manifestSchema),
});

/** The JSON Schema of one kind's fields, as they stand below its address in `resources`. Throws BAD_MANIFEST. */
export const kindJsonSchema = (name: string): JsonSchema => {
  const kinds = kindsOf(providers);
  const kind = kinds.get(name);
  if (kind !== undefined) return { title: name, ...exported(kind.schema) };
  throw new LabError('BAD_MANIFEST', `there is no kind ${name}${didYouMean(name, kinds.keys())}`, {
    next: `It has: ${[...kinds.keys()].toSorted().join(', ')}.`,
  });
};
