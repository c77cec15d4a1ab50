import { standInPrefix } from '../../../secrets/stand-in.ts';
import { type Json, membersOf } from '../../kubernetes/json.ts';
import { fail } from '../failure.ts';
import { rawAt, textOfRaw } from '../json-text.ts';
import type { ReaderContext } from './reader.ts';
import { secretKey } from './references.ts';

/** Whether it shows only once an ExternalSecret asks where the credentials lie. */
export const isReferent = (references: readonly (Json | undefined)[], { namespace }: ReaderContext): boolean =>
  namespace === '' && references.some((reference) => membersOf(reference)['namespace'] === undefined);

/** A login with static credentials: every stand-in is one that the sandbox's clouds know. */
export const logInByStandIns = (
  references: readonly (Json | undefined)[],
  context: ReaderContext,
  refusal: string,
): void => {
  if (isReferent(references, context)) return;
  const known = references.every((reference) => secretKey(reference, context).startsWith(standInPrefix));
  if (!known) fail(refusal);
};

/** A property of a cloud's secret, or all of it. */
export const propertyOf = (value: string, property: string): Uint8Array => {
  if (property === '') return Buffer.from(value);
  const raw = rawAt(value, property);
  return raw === undefined ? fail(`property ${property} does not exist in the secret`) : Buffer.from(textOfRaw(raw));
};
