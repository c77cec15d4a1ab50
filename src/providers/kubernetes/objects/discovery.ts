import { elements, members, text } from '../json.ts';
import type { Send } from '../wire/call.ts';

/** One type of object as the server serves it, in one version. */
export interface ServedType {
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Its name in paths: `configmaps`. */
  readonly plural: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** What the API server serves. Asked once per group and run, and again when a type is missing: it may just have been installed. */
export interface Discovery {
  /** All versions of one type, the server's preferred one first; [] if it serves none. */
  versionsOf(group: string, kind: string): Promise<readonly ServedType[]>;
  /** Every type of every group, each in its preferred version. */
  all(): Promise<readonly ServedType[]>;
  /** What is known of a group is no longer true: a path of it is not served any more. */
  forget(group: string): void;
}

/** Discovery by group and not of everything at once: a cluster with many providers has megabytes of types. */
export const openDiscovery = (send: Send): Discovery => {
  const groups = new Map<string, Promise<readonly ServedType[]>>();

  const ask = (group: string): Promise<readonly ServedType[]> => {
    const asked = typesOf(send, group);
    groups.set(group, asked);
    asked.catch(() => groups.delete(group));
    return asked;
  };
  const ofKind = async (types: Promise<readonly ServedType[]>, kind: string): Promise<readonly ServedType[]> =>
    (await types).filter((type) => type.kind === kind);

  const versionsOf = async (group: string, kind: string): Promise<readonly ServedType[]> => {
    const remembered = groups.get(group);
    const found = await ofKind(remembered ?? ask(group), kind);
    if (found.length > 0 || remembered === undefined) return found;
    // Whoever comes first asks anew; the others find its answer.
    const newer = groups.get(group);
    return ofKind(newer === undefined || newer === remembered ? ask(group) : newer, kind);
  };

  const all = async (): Promise<readonly ServedType[]> => {
    const { body } = await send({ method: 'GET', path: '/apis' });
    const names = elements(members(body)['groups']).map((group) => text(members(group)['name']) ?? '');
    const types = await Promise.all(['', ...names].map((name) => groups.get(name) ?? ask(name)));
    return types.map(preferredOnly).flat();
  };

  return { versionsOf, all, forget: (group) => groups.delete(group) };
};

const preferredOnly = (types: readonly ServedType[]): readonly ServedType[] => {
  const first = new Map<string, ServedType>();
  for (const type of types) if (!first.has(type.plural)) first.set(type.plural, type);
  return [...first.values()];
};

const typesOf = async (send: Send, group: string): Promise<readonly ServedType[]> => {
  const versions = group === '' ? ['v1'] : await versionsOfGroup(send, group);
  return (await Promise.all(versions.map((version) => typesOfVersion(send, group, version)))).flat();
};

const versionsOfGroup = async (send: Send, group: string): Promise<readonly string[]> => {
  const { body } = await send({ method: 'GET', path: `/apis/${group}`, expects: [404] });
  const { preferredVersion, versions } = members(body);
  const named = [preferredVersion, ...elements(versions)].map((version) => text(members(version)['version']));
  return [...new Set(named.filter((version) => version !== undefined))];
};

const typesOfVersion = async (send: Send, group: string, version: string): Promise<readonly ServedType[]> => {
  const { body } = await send({ method: 'GET', path: versionPath(group, version), expects: [404] });
  return elements(members(body)['resources'])
    .map(members)
    .map(({ name, kind, namespaced, verbs }) => ({
      group,
      version,
      kind: text(kind) ?? '',
      plural: text(name) ?? '',
      namespaced: namespaced === true,
      verbs: elements(verbs).filter((verb) => typeof verb === 'string'),
    }))
    .filter(({ plural }) => plural !== '' && !plural.includes('/'));
};

/** Where one version of a group lives: `/api/v1`, `/apis/apps/v1`. */
export const versionPath = (group: string, version: string): string =>
  group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
