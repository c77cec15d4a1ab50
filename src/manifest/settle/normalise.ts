import type { Finding } from '../../engine/findings.ts';
import { formatPath } from '../../engine/path.ts';
import type { KindFacts, Resource } from '../../engine/resource.ts';
import { type Checked, type Complaint, failed } from '../complaint.ts';
import { type Draft, type Given, keyOrigin, wrong } from '../expand/draft.ts';
import { complaintsFrom } from '../schema/check.ts';

/** A draft with its spec in the kind's normal form, or what the kind has against it. */
export const normaliseDraft = (given: Given, draft: Draft, facts: KindFacts): Checked<Resource> => {
  const { address, kind, parts, ownership } = draft;
  const normalised = facts.normalise(draft.spec, ownership === 'owned' ? 'whole' : 'part');
  if (!normalised.ok) return failed(complaintsAbout(given, draft, normalised.found));
  const dependsOn = [...new Set([...draft.dependsOn, ...draft.after])].toSorted();
  const origin = keyOrigin(given, draft.path);
  return { ok: true, value: { address, kind, parts, spec: normalised.spec, ownership, dependsOn, origin } };
};

/** Under `resources` the fields are the kind's own; a section names them in other words, so there the kind's go into the text. */
const complaintsAbout = (given: Given, draft: Draft, found: readonly Finding[]): Complaint[] =>
  draft.path[0] === 'resources'
    ? complaintsFrom(
        given.tree,
        found.map((each) => ({ ...each, path: [...draft.path, ...each.path] })),
      )
    : found.map(({ path, text }) =>
        wrong(given, draft.path, path.length === 0 ? text : `${formatPath(path)} of ${draft.address} ${text}`),
      );
