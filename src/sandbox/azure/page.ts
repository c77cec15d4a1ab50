import { badParameter, type Result } from './refusal.ts';

/** What a list is asked with. */
export interface PageRequest {
  /** `https://NAME.vault.azure.net` */
  readonly origin: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

const most = 25;

/** One page of entries, in the order of their keys; the next begins behind the last key, which its link carries. */
export const page = (
  { origin, path, query }: PageRequest,
  entries: readonly (readonly [key: string, entry: unknown])[],
): Result => {
  const size = Number(query.get('maxresults') ?? most);
  if (!Number.isInteger(size) || size < 1 || size > most) {
    return badParameter(`maxresults must be between 1 and ${most}.`);
  }
  const after = Buffer.from(query.get('$skiptoken') ?? '', 'base64url').toString('utf8');
  const found = entries.filter(([key]) => key > after).toSorted(([left], [right]) => (left < right ? -1 : 1));
  const shown = found.slice(0, size);
  // A full page always has a link, which may lead to an empty one: only the service knows that nothing follows.
  const last = shown.length === size ? shown.at(-1)?.[0] : undefined;
  return {
    status: 200,
    json: {
      value: shown.map(([, entry]) => entry),
      nextLink: last === undefined ? null : linkBehind(last, { origin, path, query }),
    },
  };
};

const linkBehind = (key: string, { origin, path, query }: PageRequest): string => {
  const token = Buffer.from(key).toString('base64url');
  const size = query.get('maxresults');
  const rest = size === null ? '' : `&maxresults=${size}`;
  return `${origin}:443${path}?api-version=${query.get('api-version')}&$skiptoken=${token}${rest}`;
};
