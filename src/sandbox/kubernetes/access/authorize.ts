import { builtInType, type Cluster } from '../cluster.ts';
import { elementsOf, type Json, type JsonMap, membersOf, textIn, textOf } from '../json.ts';
import type { KubeObject } from '../object.ts';
import type { User } from './tokens.ts';

/** What somebody wants to do: with objects, or with a path that stands for none. */
export type Attempt =
  | {
      readonly verb: string;
      readonly group: string;
      readonly resource: string;
      readonly subresource: string;
      readonly namespace: string;
      readonly name: string;
    }
  | { readonly verb: string; readonly path: string };

/** A rule that holds for a user, and where it comes from. */
export interface Grant {
  readonly rule: JsonMap;
  readonly reason: string;
}

const clusterRoleBinding = builtInType('ClusterRoleBinding');
const roleBinding = builtInType('RoleBinding');

/** Every rule that holds for a user: cluster-wide, and in one namespace if it is named. */
export const grantsOf = ({ storage }: Cluster, user: User, namespace: string): readonly Grant[] => {
  const clusterWide = storage.list(clusterRoleBinding, '');
  const inNamespace = namespace === '' ? [] : storage.list(roleBinding, namespace);
  return [...clusterWide, ...inNamespace].flatMap((binding) => {
    const subject = elementsOf(binding['subjects'])
      .map(membersOf)
      .find((candidate) => isMeant(candidate, user, namespace));
    if (subject === undefined) return [];
    const [kind, name] = [textIn(binding['roleRef'], 'kind'), textIn(binding['roleRef'], 'name')];
    const place = kind === 'Role' ? namespace : '';
    const role = storage.get(builtInType(kind === 'Role' ? 'Role' : 'ClusterRole'), place, name);
    const reason = `RBAC: allowed by ${binding.kind} "${labelOf(binding)}" of ${kind} "${name}" to ${spell(subject)}`;
    return elementsOf(role?.['rules']).map((rule) => ({ rule: membersOf(rule), reason }));
  });
};

const labelOf = ({ metadata: { name, namespace } }: KubeObject): string =>
  namespace === undefined ? name : `${name}/${namespace}`;

const spell = (subject: JsonMap): string => {
  const [kind, name, namespace] = ['kind', 'name', 'namespace'].map((key) => textIn(subject, key));
  return `${kind} "${namespace === '' ? name : `${name}/${namespace}`}"`;
};

const isMeant = (subject: JsonMap, user: User, place: string): boolean => {
  const name = textIn(subject, 'name');
  switch (textIn(subject, 'kind')) {
    case 'User':
      return user.name === name;
    case 'Group':
      return user.groups.includes(name);
    default:
      return user.name === `system:serviceaccount:${textIn(subject, 'namespace') || place}:${name}`;
  }
};

/** Whether a user may do something, and by which binding. '' stands for rights that nobody had to give. */
export const authorize = (
  cluster: Cluster,
  user: User,
  attempt: Attempt,
): { readonly allowed: boolean; readonly reason: string } => {
  if (user.groups.includes('system:masters')) return { allowed: true, reason: '' };
  const namespace = 'path' in attempt ? '' : attempt.namespace;
  const grant = grantsOf(cluster, user, namespace).find(({ rule }) => covers(rule, attempt));
  return grant === undefined ? { allowed: false, reason: '' } : { allowed: true, reason: grant.reason };
};

const lists = (value: Json | undefined, wanted: string): boolean =>
  elementsOf(value).some((item) => item === '*' || item === wanted);

const covers = (rule: JsonMap, attempt: Attempt): boolean => {
  if (!lists(rule['verbs'], attempt.verb)) return false;
  if ('path' in attempt) {
    return elementsOf(rule['nonResourceURLs']).some((pattern) => coversPath(textOf(pattern) ?? '', attempt.path));
  }
  const { group, resource, subresource, name } = attempt;
  const wanted = subresource === '' ? resource : `${resource}/${subresource}`;
  const names = elementsOf(rule['resourceNames']);
  const anyOf = subresource !== '' && elementsOf(rule['resources']).includes(`*/${subresource}`);
  return (
    lists(rule['apiGroups'], group) &&
    (anyOf || lists(rule['resources'], wanted)) &&
    (names.length === 0 || names.includes(name))
  );
};

const coversPath = (pattern: string, path: string): boolean =>
  pattern === '*' || pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1)));
