import { splitByReference } from '../../engine/define-kind.ts';
import { formatPath } from '../../engine/path.ts';
import type { KindFacts, Resource } from '../../engine/resource.ts';
import type { Fields } from '../../engine/value.ts';
import { type Checked, type Complaint, failed } from '../complaint.ts';
import { type Draft, type Given, keyOrigin, wrong } from '../expand/draft.ts';
import { complaintsOf } from '../schema/check.ts';
import { findings, ownMessages } from '../schema/sentence.ts';

/** A draft with its spec in the kind's normal form, or what the kind has against it. */
export const normaliseDraft = (given: Given, draft: Draft, facts: KindFacts): Checked<Resource> => {
  const spec = specOf(given, draft, facts);
  if (!spec.ok) return spec;
  const { address, kind, parts, ownership } = draft;
  const dependsOn = [...new Set([...draft.dependsOn, ...draft.after])].toSorted();
  const origin = keyOrigin(given, draft.path);
  return { ok: true, value: { address, kind, parts, spec: spec.value, ownership, dependsOn, origin } };
};

/** Of what is only expected or contributed to, the manifest states as many fields as it likes. */
const specOf = (given: Given, draft: Draft, facts: KindFacts): Checked<Fields> => {
  const extent = draft.ownership === 'owned' ? 'whole' : 'part';
  const normalised = facts.normalise(draft.spec, extent);
  if (normalised.ok) return { ok: true, value: normalised.spec };
  // The same parse once more, because its issues say more than the problems.
  const { known, open } = splitByReference(draft.spec);
  const schema = extent === 'whole' && Object.keys(open).length === 0 ? facts.schema : facts.schema.partial();
  const parsed = schema.safeParse(known, { error: ownMessages, reportInput: true });
  if (!parsed.success) return failed(complaintsAbout(given, draft, parsed.error.issues));
  return failed(normalised.problems.map(({ message }) => wrong(given, draft.path, message)));
};

type Issues = Parameters<typeof complaintsOf>[1];

/** Under `resources` the fields are the kind's own; a section names them in other words, so there the kind's go into the text. */
const complaintsAbout = (given: Given, draft: Draft, issues: Issues): Complaint[] =>
  draft.path[0] === 'resources'
    ? complaintsOf(given.tree, issues, draft.path)
    : issues
        .flatMap((issue) => findings(issue))
        .map(({ path, text }) => wrong(given, draft.path, `${formatPath(path)} of ${draft.address} ${text}`));
