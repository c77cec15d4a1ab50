import type { JsonMap } from '../json.ts';
import type { ResourceType } from '../resource-type.ts';
import { anything, object } from '../schema/schema.ts';
import { wholeObject } from './metadata-schema.ts';
import { rulesOf } from './rules.ts';
import { schemas } from './schemas.ts';

type Row = readonly [kind: string, plural: string, shortNames?: string];

const inNamespaces: Readonly<Record<string, readonly Row[]>> = {
  v1: [
    ['ConfigMap', 'configmaps', 'cm'],
    ['Event', 'events', 'ev'],
    ['LimitRange', 'limitranges', 'limits'],
    ['PersistentVolumeClaim', 'persistentvolumeclaims', 'pvc'],
    ['Pod', 'pods', 'po'],
    ['ResourceQuota', 'resourcequotas', 'quota'],
    ['Secret', 'secrets'],
    ['ServiceAccount', 'serviceaccounts', 'sa'],
    ['Service', 'services', 'svc'],
  ],
  'apps/v1': [
    ['DaemonSet', 'daemonsets', 'ds'],
    ['Deployment', 'deployments', 'deploy'],
    ['StatefulSet', 'statefulsets', 'sts'],
  ],
  'autoscaling/v2': [['HorizontalPodAutoscaler', 'horizontalpodautoscalers', 'hpa']],
  'autoscaling/v1': [['HorizontalPodAutoscaler', 'horizontalpodautoscalers', 'hpa']],
  'batch/v1': [
    ['CronJob', 'cronjobs', 'cj'],
    ['Job', 'jobs'],
  ],
  'coordination.k8s.io/v1': [['Lease', 'leases']],
  'networking.k8s.io/v1': [
    ['Ingress', 'ingresses', 'ing'],
    ['NetworkPolicy', 'networkpolicies', 'netpol'],
  ],
  'policy/v1': [['PodDisruptionBudget', 'poddisruptionbudgets', 'pdb']],
  'rbac.authorization.k8s.io/v1': [
    ['RoleBinding', 'rolebindings'],
    ['Role', 'roles'],
  ],
};

const clusterWide: Readonly<Record<string, readonly Row[]>> = {
  v1: [['Namespace', 'namespaces', 'ns']],
  'admissionregistration.k8s.io/v1': [
    ['MutatingWebhookConfiguration', 'mutatingwebhookconfigurations'],
    ['ValidatingWebhookConfiguration', 'validatingwebhookconfigurations'],
  ],
  'apiextensions.k8s.io/v1': [['CustomResourceDefinition', 'customresourcedefinitions', 'crd,crds']],
  'networking.k8s.io/v1': [['IngressClass', 'ingressclasses']],
  'rbac.authorization.k8s.io/v1': [
    ['ClusterRoleBinding', 'clusterrolebindings'],
    ['ClusterRole', 'clusterroles'],
  ],
  'scheduling.k8s.io/v1': [['PriorityClass', 'priorityclasses', 'pc']],
  'storage.k8s.io/v1': [['StorageClass', 'storageclasses', 'sc']],
};

const template: JsonMap = { metadata: {}, spec: { containers: null } };
const specAndStatus: JsonMap = { spec: {}, status: {} };

/** What objects of a kind have even if nobody states it. */
const blanks: Readonly<Record<string, JsonMap>> = {
  Namespace: specAndStatus,
  Pod: { spec: { containers: null }, status: {} },
  Service: { spec: {}, status: { loadBalancer: {} } },
  Event: {
    involvedObject: {},
    source: {},
    firstTimestamp: null,
    lastTimestamp: null,
    eventTime: null,
    reportingComponent: '',
    reportingInstance: '',
  },
  PersistentVolumeClaim: { spec: { resources: {} }, status: {} },
  ResourceQuota: specAndStatus,
  LimitRange: { spec: { limits: null } },
  Deployment: { spec: { selector: null, template, strategy: {} }, status: {} },
  DaemonSet: { spec: { selector: null, template, updateStrategy: {} }, status: {} },
  StatefulSet: {
    spec: { serviceName: '', selector: null, template, updateStrategy: {} },
    status: { replicas: 0, availableReplicas: 0 },
  },
  Job: { spec: { template }, status: {} },
  CronJob: specAndStatus,
  HorizontalPodAutoscaler: specAndStatus,
  Lease: { spec: {} },
  Ingress: { spec: {}, status: { loadBalancer: {} } },
  NetworkPolicy: { spec: {} },
  PodDisruptionBudget: specAndStatus,
  Role: { rules: null },
  ClusterRole: { rules: null },
  RoleBinding: { roleRef: {} },
  ClusterRoleBinding: { roleRef: {} },
  CustomResourceDefinition: {
    spec: { group: '', names: { plural: '', kind: '' }, scope: '', versions: null },
    status: { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: null },
  },
};

const counting = new Set(
  'Pod Deployment DaemonSet StatefulSet Job CronJob Ingress IngressClass NetworkPolicy PodDisruptionBudget PriorityClass MutatingWebhookConfiguration ValidatingWebhookConfiguration CustomResourceDefinition'.split(
    ' ',
  ),
);

const runs = new Set(['Pod', 'Service', 'Deployment', 'DaemonSet', 'StatefulSet', 'Job', 'CronJob']);

const typeOf = (apiVersion: string, namespaced: boolean, [kind, plural, shortNames]: Row): ResourceType => {
  const [version = '', group = ''] = apiVersion.split('/').toReversed();
  const blank = blanks[kind] ?? {};
  return {
    group,
    version,
    kind,
    listKind: `${kind}List`,
    plural,
    singular: kind.toLowerCase(),
    shortNames: shortNames?.split(',') ?? [],
    categories: runs.has(kind) ? ['all'] : [],
    namespaced,
    custom: false,
    schema: wholeObject(schemas[kind] ?? { ...object({ spec: anything, status: anything }), ...anything }),
    hasStatus: 'status' in blank,
    counts: counting.has(kind),
    blank: { metadata: {}, ...blank },
    rules: rulesOf(kind),
    selectable: selectable[kind] ?? {},
  };
};

const involved = ['kind', 'namespace', 'name', 'uid'].map(
  (key) => [`involvedObject.${key}`, ['involvedObject', key]] as const,
);

const selectable: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  Secret: { type: ['type'] },
  Event: { ...Object.fromEntries(involved), reason: ['reason'], type: ['type'] },
  Namespace: { name: ['metadata', 'name'], 'status.phase': ['status', 'phase'] },
};

const rowsOf = (table: Readonly<Record<string, readonly Row[]>>, namespaced: boolean): readonly ResourceType[] =>
  Object.entries(table).flatMap(([apiVersion, rows]) => rows.map((row) => typeOf(apiVersion, namespaced, row)));

/** Every type that the server knows from the start. Those without a schema of their own are stored as they come. */
export const builtInTypes: readonly ResourceType[] = [...rowsOf(clusterWide, false), ...rowsOf(inNamespaces, true)];
