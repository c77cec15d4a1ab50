import type { KindFacts, Resource } from '../../engine/resource.ts';
import type { Complaint } from '../complaint.ts';
import type { Draft, Given } from '../expand/draft.ts';
import { checkNames, checkOneWay, type Placed } from './checks.ts';
import { checkCircle, checkOthersNames } from './circle.ts';
import { groupByIdentity } from './identity.ts';
import { mergeDrafts } from './merge.ts';
import { normaliseDraft } from './normalise.ts';
import { fillSpec } from './values.ts';

/** Drafts to resources: text filled in, one resource for each object, specs in the kinds' normal form, edges checked. */
export const settle = (
  given: Given,
  drafts: readonly Draft[],
  kinds: ReadonlyMap<string, KindFacts>,
): { resources: readonly Resource[]; complaints: readonly Complaint[] } => {
  const complaints: Complaint[] = [];
  const filled = drafts.map((draft) => {
    const facts = kinds.get(draft.kind);
    if (facts === undefined) return draft;
    const result = fillSpec(given, draft, facts);
    complaints.push(...result.complaints);
    return { ...draft, spec: result.spec };
  });

  const unfilled = [...complaints];
  const grouped = groupByIdentity(given, filled, kinds);
  complaints.push(...grouped.complaints);
  const merged = grouped.groups.map((group) => {
    const result = mergeDrafts(given, group);
    complaints.push(...result.complaints);
    return result.draft;
  });

  const addresses = new Set(merged.map(({ address }) => address));
  const placed = merged.flatMap((draft): Placed[] => {
    const facts = kinds.get(draft.kind);
    if (facts === undefined) return [];
    const after = draft.after.filter((address) => addresses.has(address));
    const result = normaliseDraft(given, { ...draft, after }, facts);
    if (result.ok) return [{ resource: result.value, path: draft.path }];
    complaints.push(...result.complaints.filter((about) => !unfilled.some((inner) => isWithin(inner, about))));
    return [];
  });
  // A resource that has a complaint already is missing here, and would be missed by others.
  if (complaints.length === 0) complaints.push(...checkNames(given, placed, kinds), ...checkOneWay(given, placed));
  if (complaints.length === 0) complaints.push(...checkOthersNames(given, placed, kinds));
  if (complaints.length === 0) complaints.push(...checkCircle(given, placed, kinds));
  return { resources: placed.map(({ resource }) => resource), complaints };
};

/** Whether `inner` is about the same value, or about a part of it: what could not be filled in is of no type to its kind. */
const isWithin = (inner: Complaint, outer: Complaint): boolean => {
  const [path = '', whole = ''] = [inner.origin?.path, outer.origin?.path];
  return path === whole || path.startsWith(`${whole}.`) || path.startsWith(`${whole}[`);
};
