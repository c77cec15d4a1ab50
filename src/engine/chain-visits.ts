import { LabError } from '../errors.ts';
import type { AccountLink, VisitLink } from './link.ts';
import { type At, whose } from './linked.ts';
import { type Fields, isFields } from './value.ts';

/** Visitors that find no login in their account's annotations, or two. `live`: an object's spec as it is now. */
export const brokenVisits = (
  visits: readonly At<VisitLink>[],
  accounts: readonly At<AccountLink>[],
  live: (address: string) => Fields | undefined,
): readonly (readonly [string, LabError])[] => {
  const byName = new Map(accounts.map((account) => [nameOf(account.link), account]));
  return visits.flatMap(({ node, link }) => {
    const account = byName.get(nameOf(link));
    const message = account && wrongIn(link, account, live(account.node.address));
    if (message === undefined) return [];
    const next = 'External Secrets takes exactly one.';
    return [[node.address, new LabError('BAD_MANIFEST', message, { next })] as const];
  });
};

const nameOf = ({ namespace, name }: Pick<AccountLink, 'namespace' | 'name'>): string => `${namespace}/${name}`;

const wrongIn = ({ needs, said }: VisitLink, account: At<AccountLink>, now: Fields | undefined): string | undefined => {
  const { annotations } = account.link;
  for (const [annotation, field] of Object.entries(said)) {
    // Only what the manifest sets: what is there now may be about to go.
    if (isSet(annotations, annotation)) {
      return `says twice whom it logs in as: by ${field}, and by the annotation ${annotation} of ${whose(account)}`;
    }
  }
  // Of an object that somebody else makes nothing is known before it is there.
  if (account.node.resource.ownership !== 'owned' && now === undefined) return undefined;
  const standing = isFields(now?.['annotations']) ? now['annotations'] : {};
  const missing = needs.find((annotation) => !isSet({ ...standing, ...annotations }, annotation));
  return missing === undefined
    ? undefined
    : `does not find whom it logs in as: ${whose(account)} is expected to have the annotation ${missing}, and has none`;
};

const isSet = (annotations: Fields, name: string): boolean => (annotations[name] ?? null) !== null;
