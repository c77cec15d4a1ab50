import { reviewTypes } from '../access/reviews.ts';
import { builtInTypes } from '../built-in/types.ts';
import type { Cluster } from '../cluster.ts';
import { byPreference } from '../custom-types.ts';
import { type JsonMap, textIn } from '../json.ts';
import { apiVersionOf, type ResourceType } from '../resource-type.ts';

/** Answers one of the discovery paths; undefined if it is none, or nothing is served there. */
export const discover = (cluster: Cluster, path: string, host: string): JsonMap | undefined => {
  const [api, group, version, ...rest] = path.split('/').slice(1);
  if (rest.length > 0) return undefined;
  if (api === 'api') {
    if (group === undefined) return coreVersions(host);
    return group === 'v1' && version === undefined ? resourceList(cluster, '', 'v1') : undefined;
  }
  if (api !== 'apis') return undefined;
  if (group === undefined)
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: groupsOf(cluster).map((name) => groupOf(cluster, name)) };
  if (!groupsOf(cluster).includes(group)) return undefined;
  if (version === undefined) return { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(cluster, group) };
  return versionsOf(cluster, group).includes(version) ? resourceList(cluster, group, version) : undefined;
};

/** Whether the server itself serves a group, and no CustomResourceDefinition. */
export const isBuiltInGroup = (group: string): boolean =>
  [...builtInTypes, ...reviewTypes].some((type) => type.group === group);

/** The paths under which something is served. */
export const servedPaths = (cluster: Cluster): readonly string[] => [
  '/.well-known/openid-configuration',
  '/api',
  '/api/v1',
  '/apis',
  ...groupsOf(cluster).flatMap((group) => [
    `/apis/${group}`,
    ...versionsOf(cluster, group).map((version) => `/apis/${group}/${version}`),
  ]),
  '/healthz',
  '/livez',
  '/openid/v1/jwks',
  '/readyz',
  '/version',
];

const coreVersions = (host: string): JsonMap => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: host }],
});

const typesIn = (cluster: Cluster) => [...cluster.types(), ...reviewTypes];

const groupsOf = (cluster: Cluster): readonly string[] =>
  [...new Set(typesIn(cluster).map(({ group }) => group))].filter((group) => group !== '');

const versionsOf = (cluster: Cluster, group: string): readonly string[] => {
  const versions = typesIn(cluster)
    .filter((type) => type.group === group)
    .map(({ version }) => version);
  return [...new Set(versions)].toSorted(byPreference);
};

const groupOf = (cluster: Cluster, name: string): JsonMap => {
  const versions = versionsOf(cluster, name).map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions, preferredVersion: versions[0] ?? {} };
};

const resourceList = (cluster: Cluster, group: string, version: string): JsonMap => {
  const isHere = (type: { readonly group: string; readonly version: string }) =>
    type.group === group && type.version === version;
  const stored = cluster.types().filter(isHere).flatMap(entriesOf);
  const reviews = reviewTypes.filter(isHere).map(({ plural, kind, namespaced }) => ({
    name: plural,
    singularName: kind.toLowerCase(),
    namespaced,
    kind,
    verbs: ['create'],
  }));
  const isCustom = cluster.types().some((type) => isHere(type) && type.custom);
  return {
    kind: 'APIResourceList',
    // The core group's own list has none.
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: apiVersionOf({ group, version }),
    resources: isCustom
      ? stored
      : [...stored, ...reviews].toSorted((a, b) => (textIn(a, 'name') < textIn(b, 'name') ? -1 : 1)),
  };
};

const builtInVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const customVerbs = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];

const entriesOf = ({
  plural,
  singular,
  namespaced,
  kind,
  shortNames,
  categories,
  custom,
  hasStatus,
}: ResourceType): readonly JsonMap[] => [
  {
    name: plural,
    singularName: singular,
    namespaced,
    kind,
    verbs: custom ? customVerbs : builtInVerbs.filter((verb) => verb !== 'deletecollection' || kind !== 'Namespace'),
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
  },
  ...(hasStatus
    ? [{ name: `${plural}/status`, singularName: '', namespaced, kind, verbs: ['get', 'patch', 'update'] }]
    : []),
  ...(kind === 'ServiceAccount' && !custom
    ? [
        {
          name: `${plural}/token`,
          singularName: '',
          namespaced,
          group: 'authentication.k8s.io',
          version: 'v1',
          kind: 'TokenRequest',
          verbs: ['create'],
        },
      ]
    : []),
];
