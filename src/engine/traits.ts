import type { Path } from './path.ts';
import type { FieldTraits, KindFacts } from './resource.ts';

const none: FieldTraits = {};

/** What the kind says of the field at a path; `*` in its table stands for one segment. */
export const traitsAt = (facts: KindFacts, path: Path): FieldTraits => {
  const exact = facts.fields[path.join('.')];
  if (exact !== undefined) return exact;
  const pattern = Object.keys(facts.fields).find((candidate) => matches(candidate.split('.'), path));
  return pattern === undefined ? none : (facts.fields[pattern] ?? none);
};

const matches = (pattern: readonly string[], path: Path): boolean =>
  pattern.length === path.length && pattern.every((part, index) => part === '*' || part === String(path[index]));

/** Whether the field, or what it lies in, has a trait. */
export const inherits = (facts: KindFacts, path: Path, trait: keyof FieldTraits): boolean =>
  path.some((_, index) => traitsAt(facts, path.slice(0, index + 1))[trait] !== undefined);
