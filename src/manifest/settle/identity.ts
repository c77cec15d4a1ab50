import { address } from '../../engine/address.ts';
import type { KindFacts } from '../../engine/resource.ts';
import { LabError } from '../../errors.ts';
import type { Complaint } from '../complaint.ts';
import { type Draft, type Given, keyOrigin, whereElse, wrong } from '../expand/draft.ts';

/** Drafts of one object, in the order of the manifest's sections. */
export type Group = readonly [Draft, ...Draft[]];

/** Puts drafts of one object together, and complains of names that a kind does not take and of one address for two objects. */
export const groupByIdentity = (
  given: Given,
  drafts: readonly Draft[],
  kinds: ReadonlyMap<string, KindFacts>,
): { groups: readonly Group[]; complaints: Complaint[] } => {
  const groups = new Map<string, [Draft, ...Draft[]]>();
  const byAddress = new Map<string, { subject: string; draft: Draft }>();
  const complaints: Complaint[] = [];
  for (const draft of drafts) {
    const subject = subjectOf(draft, kinds.get(draft.kind));
    if (!subject.ok) {
      complaints.push(wrong(given, draft.path, subject.problem));
      continue;
    }
    const group = groups.get(subject.name);
    if (group === undefined) groups.set(subject.name, [draft]);
    else group.push(draft);
    const same = byAddress.get(draft.address);
    if (same === undefined) byAddress.set(draft.address, { subject: subject.name, draft });
    else if (same.subject !== subject.name) {
      const where = whereElse(keyOrigin(given, same.draft.path));
      complaints.push(wrong(given, draft.path, `the address ${draft.address} means another object at ${where}`));
    }
  }
  return { groups: [...groups.values()], complaints };
};

const subjectOf = (
  { kind, parts, spec }: Draft,
  facts: KindFacts | undefined,
): { ok: true; name: string } | { ok: false; problem: string } => {
  if (facts === undefined) return { ok: false, problem: `needs the kind ${kind}, which this lab does not have` };
  try {
    return { ok: true, name: address(kind, ...facts.identify(parts, spec)) };
  } catch (error) {
    if (error instanceof LabError) return { ok: false, problem: withAdvice(error) };
    throw error;
  }
};

/** What a kind has against a name, with its advice: a complaint has no other place for it. */
export const withAdvice = ({ message, detail: { next } }: LabError): string =>
  next === undefined ? message : `${message}. ${next}`;
