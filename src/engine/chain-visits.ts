import { LabError } from '../errors.ts';
import type { AccountLink, VisitLink } from './link.ts';
import { type At, whose } from './linked.ts';

/** Visitors that find no login in their account's annotations, or two. `known`: whether an account's annotations are all there. */
export const brokenVisits = (
  visits: readonly At<VisitLink>[],
  accounts: readonly At<AccountLink>[],
  known: (account: At<AccountLink>) => boolean,
): readonly (readonly [string, LabError])[] =>
  visits.flatMap(({ node, link }) => {
    const account = accounts.find(
      ({ link: { namespace, name } }) => namespace === link.namespace && name === link.name,
    );
    const message = account && wrongIn(link, account, known(account));
    if (message === undefined) return [];
    const next = 'External Secrets takes exactly one; the annotations of a service account count, whoever set them.';
    return [[node.address, new LabError('BAD_MANIFEST', message, { next })] as const];
  });

const wrongIn = ({ needs, said }: VisitLink, account: At<AccountLink>, isKnown: boolean): string | undefined => {
  const { annotations } = account.link;
  const isSet = (annotation: string): boolean => (annotations[annotation] ?? null) !== null;
  const twice = Object.entries(said).filter(([annotation]) => isSet(annotation));
  const [first] = twice;
  if (first !== undefined) {
    const [annotation, field] = first;
    return `says twice whom it logs in as: by ${field}, and by the annotation ${annotation} of ${whose(account)}`;
  }
  const missing = needs.find((annotation) => !isSet(annotation));
  return missing === undefined || !isKnown
    ? undefined
    : `does not find whom it logs in as: ${whose(account)} is expected to have the annotation ${missing}, and has none`;
};
