import type { Rule } from './rules.ts';

/** What a token's policies say together. */
export interface Acl {
  /** The capabilities on a path, sorted; `['deny']` where there are none. `list` may end the path with a slash. */
  capabilities(path: string): readonly string[];
  /** Whether one capability is granted; a list asks for the folder. */
  allows(path: string, capability: string, listing?: boolean): boolean;
  /** Whether anything is granted at or below a path that ends with a slash. */
  reaches(folder: string): boolean;
}

/** All there is: what a token with the policy `root` may do. */
export const rootAcl: Acl = { capabilities: () => ['root'], allows: () => true, reaches: () => true };

/** Merges the rules of several policies: equal paths add up, save that deny wins. */
export const aclOf = (rules: readonly Rule[]): Acl => {
  const merged = new Map<string, ReadonlySet<string>>();
  for (const { path, capabilities } of rules) {
    // A templated path matches nothing here: the sandbox keeps no identities that it could be filled from.
    if (path.includes('{{')) continue;
    const both = new Set([...(merged.get(path) ?? []), ...capabilities]);
    merged.set(path, both.has('deny') ? new Set(['deny']) : both);
  }
  const patterns = [...merged].filter(([path]) => isPattern(path)).map(([path, granted]) => toPattern(path, granted));
  const exact = new Map([...merged].filter(([path]) => !isPattern(path)));

  const best = (path: string): ReadonlySet<string> | undefined =>
    patterns.filter((pattern) => matches(pattern, path)).toSorted(byPriority)[0]?.granted;

  /** A list asks for the folder, with and without its closing slash. */
  const lookUp = (path: string, listing: boolean): ReadonlySet<string> =>
    exact.get(path) ??
    (listing ? exact.get(withoutSlash(path)) : undefined) ??
    (listing && path.endsWith('/') ? best(withoutSlash(path)) : undefined) ??
    best(path) ??
    new Set();

  return {
    capabilities: (path) => {
      const granted = lookUp(path, true);
      return granted.size === 0 ? ['deny'] : [...granted].toSorted();
    },
    allows: (path, capability, listing = capability === 'list') => lookUp(path, listing).has(capability),
    reaches: (folder) =>
      [...exact].some(([path, granted]) => path.startsWith(folder) && !granted.has('deny')) ||
      patterns.some((pattern) => leadsInto(pattern, folder) && !pattern.granted.has('deny')),
  };
};

interface Pattern {
  /** Without the closing star. */
  readonly path: string;
  readonly segments: readonly string[];
  readonly isPrefix: boolean;
  readonly hasWildcards: boolean;
  readonly granted: ReadonlySet<string>;
}

const withoutSlash = (path: string): string => path.replace(/\/$/, '');

const hasWildcardSegments = (path: string): boolean => path.split('/').includes('+');

const isPattern = (path: string): boolean => path.endsWith('*') || hasWildcardSegments(path);

const toPattern = (written: string, granted: ReadonlySet<string>): Pattern => {
  const isPrefix = written.endsWith('*');
  const path = isPrefix ? written.slice(0, -1) : written;
  return { path, segments: path.split('/'), isPrefix, hasWildcards: hasWildcardSegments(written), granted };
};

const matches = ({ path, segments, isPrefix, hasWildcards }: Pattern, asked: string): boolean => {
  if (!hasWildcards) return asked.startsWith(path);
  const parts = asked.split('/');
  if (parts.length < segments.length || (!isPrefix && parts.length !== segments.length)) return false;
  return segments.every((segment, index) => {
    const part = parts[index] ?? '';
    const mayGoOn = isPrefix && index === segments.length - 1;
    return segment === '+' || segment === part || (mayGoOn && part.startsWith(segment));
  });
};

/** Whether a pattern stands for something below the folder. */
const leadsInto = ({ path, segments, isPrefix, hasWildcards }: Pattern, folder: string): boolean => {
  if (!hasWildcards) return path.startsWith(folder) || (isPrefix && folder.startsWith(path));
  const parts = folder.slice(0, -1).split('/');
  return parts.every((part, index) => segments[index] === part || segments[index] === '+');
};

/** The closest match first, as Vault documents it under "priority matching". */
const byPriority = (left: Pattern, right: Pattern): number =>
  firstWildcard(right) - firstWildcard(left) ||
  Number(left.isPrefix) - Number(right.isPrefix) ||
  wildcards(left) - wildcards(right) ||
  right.path.length - left.path.length ||
  (left.path > right.path ? -1 : 1);

const firstWildcard = ({ path, hasWildcards }: Pattern): number => (hasWildcards ? path.indexOf('+') : path.length);

const wildcards = ({ segments }: Pattern): number => segments.filter((segment) => segment === '+').length;
