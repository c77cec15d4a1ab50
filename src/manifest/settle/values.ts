import { ownMessages } from '../../engine/findings.ts';
import type { Path } from '../../engine/path.ts';
import type { KindFacts } from '../../engine/resource.ts';
import { inherits, traitsAt } from '../../engine/traits.ts';
import { type Fields, isFields, isList, isReference, type Value } from '../../engine/value.ts';
import { fromSource, isSourced } from '../../secrets/source.ts';
import { type Complaint, placeOf } from '../complaint.ts';
import { type Draft, type Given, keyOrigin, wrong } from '../expand/draft.ts';
import { complaintsOf } from '../schema/check.ts';
import { sourcedField } from '../schema/source.ts';
import { lexReferences, plain } from '../text.ts';

/** A draft's spec with its escaped text turned into plain text, references and sources, as the kind's fields take them. */
export const fillSpec = (given: Given, draft: Draft, facts: KindFacts): { spec: Fields; complaints: Complaint[] } => {
  const complaints: Complaint[] = [];

  const fill = (value: Value, path: Path): Value => {
    if (isSourced(value) || isReference(value)) return value;
    if (traitsAt(facts, path).secret === true && value !== null) return secretField(value, path);
    if (typeof value === 'string') return inherits(facts, path, 'reference') ? lexed(value, path) : plain(value);
    if (isList(value)) return value.map((item, index) => fill(item, [...path, index]));
    return isFields(value) ? fillFields(value, path) : value;
  };

  const fillFields = (fields: Fields, path: Path): Fields =>
    Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, fill(value, [...path, key])]));

  const lexed = (text: string, path: Path): Value => {
    const result = lexReferences(text);
    if (result.ok) return result.value;
    complaints.push(wrong(given, [...draft.path, ...path], result.problem));
    return null;
  };

  const secretField = (value: Value, path: Path): Value => {
    const at = [...draft.path, ...path];
    if (typeof value === 'string' && inherits(facts, path, 'reference')) {
      const result = lexReferences(value);
      if (result.ok && isReference(result.value)) return result.value;
    }
    const parsed = sourcedField().safeParse(value, { error: ownMessages, reportInput: true });
    if (parsed.success) return fromSource({ ...parsed.data, at: placeOf(keyOrigin(given, at)) });
    complaints.push(...complaintsOf(given.tree, parsed.error.issues, at));
    return null;
  };

  return { spec: fillFields(draft.spec, []), complaints };
};
