/** What a path speaks of: an object or collection, or something else. Parts are '' where there are none. */
export type Route =
  | {
      readonly is: 'resource';
      readonly group: string;
      readonly version: string;
      readonly namespace: string;
      readonly plural: string;
      readonly name: string;
      readonly subresource: string;
    }
  | { readonly is: 'path'; readonly path: string };

/** Takes a path apart: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris */
export const routeOf = (path: string): Route => {
  const parts = path.split('/').slice(1).map(decoded);
  while (parts.length > 1 && parts.at(-1) === '') parts.pop();
  const [api, ...rest] = parts;
  const [group, version, ...place] = api === 'api' ? ['', ...rest] : api === 'apis' ? rest : [];
  if (group === undefined || version === undefined || place.length === 0)
    return { is: 'path', path: `/${parts.join('/')}` };
  const [first = '', second = '', third = '', fourth = '', fifth = ''] = place;
  const isNamespaceItself = place.length < 3 || (group === '' && namespaceParts.includes(third));
  if (first !== 'namespaces' || isNamespaceItself) {
    return { is: 'resource', group, version, namespace: '', plural: first, name: second, subresource: third };
  }
  return { is: 'resource', group, version, namespace: second, plural: third, name: fourth, subresource: fifth };
};

const namespaceParts = ['status', 'finalize'];

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};
