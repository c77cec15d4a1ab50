import type { Request } from '../../http.ts';
import { invalid, notAllowed, required } from '../causes.ts';
import { type JsonMap, membersOf, textOf } from '../json.ts';
import { type Cause, refuseInvalid } from '../refusal.ts';
import type { Manner } from '../writing/manner.ts';
import type { Removal } from '../writing/remove.ts';

/** How a request wants something written. `operation`: what its options are called in complaints. */
export const mannerOf = (
  request: Pick<Request, 'query' | 'headers'>,
  operation: 'Create' | 'Update' | 'Patch',
  { applies = false, subresource = '' }: { readonly applies?: boolean; readonly subresource?: string } = {},
): Manner & { readonly force: boolean } => {
  const { query, headers } = request;
  const stated = query.get('fieldManager') ?? '';
  const force = query.get('force');
  refuseOptions(`${operation}Options`, [
    ...dryRunViolations(query),
    ...unprintable(stated),
    ...(applies && stated === '' ? [required('fieldManager', 'is required for apply patch')] : []),
    ...(!applies && force !== null ? [notAllowed('force', 'may not be specified for non-apply patch')] : []),
  ]);
  return {
    manager: managerIn(stated, headers['user-agent']),
    dryRun: query.has('dryRun'),
    force: force !== null && !['false', '0', ''].includes(force),
    ...(subresource === 'status' ? { subresource } : {}),
  };
};

/** Who is said to have written: the named manager, else the program by its user agent. */
export const managerIn = (stated: string, userAgent = ''): string => stated || userAgent.split('/')[0] || 'unknown';

const refuseOptions = (kind: string, causes: readonly Cause[]): void =>
  refuseInvalid({ group: 'meta.k8s.io', kind, name: '' }, causes);

const dryRunViolations = (query: URLSearchParams): readonly Cause[] => {
  const stated = query.getAll('dryRun');
  if (stated.every((value) => value === 'All')) return [];
  return [
    {
      reason: 'FieldValueNotSupported',
      message: `Unsupported value: ${JSON.stringify(stated)}: supported values: "All"`,
      field: 'dryRun',
    },
  ];
};

const unprintable = (manager: string): readonly Cause[] => {
  const at = manager.search(/\p{C}/u);
  if (at < 0) return [];
  const point = (manager.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return [invalid('fieldManager', manager, `invalid character U+${point} (at position ${at})`)];
};

const policies = ['Foreground', 'Background', 'Orphan'] as const;

/** How a DELETE wants it done, from its body and its query. */
export const removalOf = (body: JsonMap, query: URLSearchParams): Removal => {
  const policy = textOf(body['propagationPolicy']) ?? query.get('propagationPolicy') ?? undefined;
  const propagationPolicy = policies.find((known) => known === policy);
  const supported = [...policies, 'nil'].map((known) => `"${known}"`).join(', ');
  const message = `Unsupported value: ${JSON.stringify(policy)}: supported values: ${supported}`;
  refuseOptions('DeleteOptions', [
    ...dryRunViolations(query),
    ...(policy === undefined || propagationPolicy !== undefined
      ? []
      : [{ reason: 'FieldValueNotSupported', message, field: 'propagationPolicy' }]),
  ]);
  const { uid, resourceVersion } = membersOf(body['preconditions']);
  return {
    dryRun: query.has('dryRun'),
    ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
    ...(textOf(uid) === undefined ? {} : { uid: textOf(uid) ?? '' }),
    ...(textOf(resourceVersion) === undefined ? {} : { resourceVersion: textOf(resourceVersion) ?? '' }),
  };
};
