import type { GateState } from '../../../engine/gate.ts';
import { members, text } from '../json.ts';
import type { Discovery } from './discovery.ts';

const prefix = 'kubernetes.served/';

// Served by every API server. A group that ends in .k8s.io is not always one of these: Gateway API is installed too.
const builtIn = new Set([
  'core',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
]);

/** The gate that objects of a type stand behind; none if every API server serves it. */
export const servedGates = (group: string, kind: string): readonly string[] =>
  builtIn.has(group) ? [] : [`${prefix}${group}/${kind}`];

/** The gate that a CustomResourceDefinition opens, given as it is in the manifest. */
export const gatesOpenedBy = (definition: unknown): readonly string[] => {
  const { group, names } = members(members(definition)['spec']);
  const kind = text(members(names)['kind']);
  return text(group) === undefined || kind === undefined ? [] : servedGates(String(group), kind);
};

/** Whether the API server serves the type that a gate is about. */
export const servedGateState = async (discovery: Discovery, gate: string): Promise<GateState> => {
  const [group = '', kind = ''] = gate.slice(prefix.length).split('/');
  const versions = await discovery.versionsOf(group, kind);
  return versions.length > 0 ? { state: 'open' } : { state: 'shut', because: notServedYet(group, kind) };
};

/** Why objects of a type cannot be looked at. */
export const notServedYet = (group: string, kind: string): string =>
  `the API server does not serve ${group} ${kind} yet`;
