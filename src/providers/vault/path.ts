import { LabError } from '../../errors.ts';

/**
 * A path below /v1, URL-encoded. Parts may hold slashes of their own (a mount `team/kv`, a secret `crossplane/azure`).
 * Throws BAD_MANIFEST for what a URL cannot carry: an empty segment, `.` and `..`, which would name another object.
 */
export const encodePath = (parts: readonly string[]): string => {
  const segments = parts.flatMap((part) => part.split('/'));
  const wrong = segments.find((segment) => segment === '' || segment === '.' || segment === '..');
  if (wrong === undefined) return segments.map(encodeURIComponent).join('/');
  throw new LabError('BAD_MANIFEST', `"${parts.join('/')}" is not a path of Vault: a part is "${wrong}"`, {
    next: 'Vault paths have no empty parts, no "." and no "..".',
  });
};

/** The same mount or secret path, however the user closed it: `/team/kv/` is `team/kv`. */
export const trimSlashes = (path: string): string => path.replace(/^\/+|\/+$/g, '');
