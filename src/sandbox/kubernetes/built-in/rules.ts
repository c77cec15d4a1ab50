import { invalid } from '../causes.ts';
import { elementsOf, membersOf, same } from '../json.ts';
import type { KubeObject } from '../object.ts';
import { plainRules, type Rules } from '../resource-type.ts';
import { definitionRules } from './definition-rules.ts';
import { bindingRules, roleRules } from './role-rules.ts';
import { configMapRules, secretRules } from './secret-rules.ts';

/** The label that carries a namespace's name; it cannot be changed. */
const nameLabel = 'kubernetes.io/metadata.name';

const namespaceRules: Partial<Rules> = {
  names: 'label',
  prepare: (object) => ({
    ...object,
    metadata: { ...object.metadata, labels: { ...object.metadata.labels, [nameLabel]: object.metadata.name } },
  }),
  stamp: (object, before) => ({
    ...object,
    spec: before?.['spec'] ?? { finalizers: ['kubernetes'] },
    status: before === undefined ? { phase: 'Active' } : (object['status'] ?? {}),
  }),
};

const leaseRules: Partial<Rules> = {
  put: 'by-version',
  check: (object) => {
    const { leaseDurationSeconds: duration = 1, leaseTransitions: transitions = 0 } = membersOf(object['spec']);
    return [
      ...(Number(duration) > 0 ? [] : [invalid('spec.leaseDurationSeconds', duration, 'must be greater than 0')]),
      ...(Number(transitions) >= 0
        ? []
        : [invalid('spec.leaseTransitions', transitions, 'must be greater than or equal to 0')]),
    ];
  },
};

const workloadRules: Partial<Rules> = {
  check: (object) => {
    const spec = membersOf(object['spec']);
    const wanted = membersOf(membersOf(spec['selector'])['matchLabels']);
    const labels = membersOf(membersOf(membersOf(spec['template'])['metadata'])['labels']);
    const matches = Object.entries(wanted).every(([key, value]) => labels[key] === value);
    const detail = '`selector` does not match template `labels`';
    return matches ? [] : [invalid('spec.template.metadata.labels', labels, detail)];
  },
};

/** What a container may have at most is what it gets, unless something else is said. */
const limitRangeRules: Partial<Rules> = {
  prepare: (object) => {
    const spec = membersOf(object['spec']);
    const limits = elementsOf(spec['limits'])
      .map(membersOf)
      .map((limit) => {
        if (limit['type'] !== 'Container') return limit;
        const amounts = (name: string) => membersOf(limit[name]);
        const preset = { ...amounts('max'), ...amounts('default') };
        return {
          ...limit,
          default: preset,
          defaultRequest: { ...amounts('min'), ...preset, ...amounts('defaultRequest') },
        };
      });
    return { ...object, spec: { ...spec, limits } };
  },
};

const rolling =
  (member: string, preset: Readonly<Record<string, string | number>>) =>
  (object: KubeObject): KubeObject => {
    const spec = membersOf(object['spec']);
    const strategy = membersOf(spec[member]);
    if (!same(strategy['type'], 'RollingUpdate')) return object;
    const rollingUpdate = { ...preset, ...membersOf(strategy['rollingUpdate']) };
    return { ...object, spec: { ...spec, [member]: { ...strategy, rollingUpdate } } };
  };

const byKind: Readonly<Record<string, Partial<Rules>>> = {
  Namespace: namespaceRules,
  Secret: secretRules,
  ConfigMap: configMapRules,
  LimitRange: limitRangeRules,
  Lease: leaseRules,
  Role: roleRules,
  ClusterRole: roleRules,
  RoleBinding: bindingRules(['Role', 'ClusterRole']),
  ClusterRoleBinding: bindingRules(['ClusterRole']),
  CustomResourceDefinition: definitionRules,
  Deployment: { ...workloadRules, prepare: rolling('strategy', { maxUnavailable: '25%', maxSurge: '25%' }) },
  StatefulSet: { ...workloadRules, prepare: rolling('updateStrategy', { partition: 0, maxUnavailable: 1 }) },
  ...Object.fromEntries(
    ['ServiceAccount', 'Pod', 'Service', 'ResourceQuota', 'StorageClass'].map((kind) => [
      kind,
      { deleteAnswersObject: true, ...(kind === 'Service' ? { names: 'label' as const } : {}) },
    ]),
  ),
};

/** The rules of a built-in kind. */
export const rulesOf = (kind: string): Rules => ({ ...plainRules, ...byKind[kind] });
