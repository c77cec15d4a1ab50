import type { Owner } from './change.ts';

/** The ownership mark's text: `name/environment/installation`. */
export const markOf = (owner: Required<Owner>): string => `${owner.name}/${owner.environment}/${owner.installation}`;

/** Whose a mark is. Without state the installation is not known, and name and environment decide. */
export const whoseMark = (mark: string | undefined, owner: Owner): 'none' | 'ours' | 'foreign' => {
  if (mark === undefined) return 'none';
  const [name, environment, installation] = mark.split('/');
  const same = name === owner.name && environment === owner.environment;
  return same && (owner.installation === undefined || owner.installation === installation) ? 'ours' : 'foreign';
};

/** The one installation that the marks of this name and environment show; undefined if there is none or more than one. */
export const installationSeen = (marks: Iterable<string | undefined>, owner: Owner): string | undefined => {
  const seen = new Set<string>();
  for (const mark of marks) {
    const [name, environment, installation] = (mark ?? '').split('/');
    if (name === owner.name && environment === owner.environment && installation !== undefined) seen.add(installation);
  }
  const [only, ...more] = seen;
  return more.length === 0 ? only : undefined;
};
