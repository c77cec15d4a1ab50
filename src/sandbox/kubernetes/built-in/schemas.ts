import {
  anything,
  atomic,
  boolean,
  byDefault,
  int32,
  integer,
  keyedList,
  listOf,
  mapOf,
  microTime,
  object,
  openObject,
  quantity,
  type Schema,
  text,
  textMap,
} from '../schema/schema.ts';
import { podSpec, workload } from './pod-schema.ts';

const conditions = keyedList(['type'], anything);
const texts = listOf(text);
const subject = atomic(object({ kind: text, apiGroup: text, name: text, namespace: text }));
const roleRef = atomic(object({ apiGroup: text, kind: text, name: text }));
const rule = object({ verbs: texts, apiGroups: texts, resources: texts, resourceNames: texts, nonResourceURLs: texts });
const binding = object({ subjects: listOf(subject), roleRef });

const limits = object({
  type: text,
  ...Object.fromEntries(
    ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'].map((name) => [name, mapOf(quantity)]),
  ),
});

const webhook = openObject({
  name: text,
  clientConfig: openObject({ url: text, caBundle: text }),
  rules: listOf(openObject({ scope: byDefault(text, '*') })),
  failurePolicy: byDefault(text, 'Fail'),
  matchPolicy: byDefault(text, 'Equivalent'),
  namespaceSelector: byDefault(atomic(openObject({})), {}),
  objectSelector: byDefault(atomic(openObject({})), {}),
  sideEffects: text,
  timeoutSeconds: byDefault(integer, 10),
  admissionReviewVersions: texts,
  matchConditions: keyedList(['name'], anything),
});
const webhooks = object({ webhooks: keyedList(['name'], webhook) });

/** What the built-in kinds hold beside apiVersion, kind and metadata. A kind that is not here may hold anything. */
export const schemas: Readonly<Record<string, Schema>> = {
  Namespace: object({ spec: object({ finalizers: texts }), status: object({ phase: text, conditions }) }),
  ConfigMap: object({ data: textMap, binaryData: textMap, immutable: boolean }),
  Secret: object({ data: textMap, stringData: textMap, immutable: boolean, type: text }),
  ServiceAccount: object({
    secrets: keyedList(['name'], atomic(openObject({ name: text }))),
    imagePullSecrets: listOf(atomic(object({ name: text }))),
    automountServiceAccountToken: boolean,
  }),
  Pod: object({ spec: podSpec, status: openObject({ conditions }) }),
  Service: object({
    spec: openObject({
      type: byDefault(text, 'ClusterIP'),
      selector: atomic(textMap),
      ports: keyedList(['port', 'protocol'], openObject({ port: integer, protocol: byDefault(text, 'TCP') })),
      sessionAffinity: byDefault(text, 'None'),
      internalTrafficPolicy: byDefault(text, 'Cluster'),
    }),
    status: openObject({ conditions }),
  }),
  Event: openObject({ involvedObject: atomic(anything) }),
  LimitRange: object({ spec: object({ limits: listOf(limits) }) }),
  ResourceQuota: object({ spec: openObject({ hard: mapOf(quantity) }), status: anything }),
  PersistentVolumeClaim: object({
    spec: openObject({ resources: openObject({ limits: mapOf(quantity), requests: mapOf(quantity) }) }),
    status: anything,
  }),
  Lease: object({
    spec: object({
      holderIdentity: text,
      leaseDurationSeconds: int32,
      acquireTime: microTime,
      renewTime: microTime,
      leaseTransitions: int32,
      strategy: text,
      preferredHolder: text,
    }),
  }),
  Role: object({ rules: listOf(rule) }),
  ClusterRole: object({ rules: listOf(rule), aggregationRule: anything }),
  RoleBinding: binding,
  ClusterRoleBinding: binding,
  Deployment: workload({
    replicas: byDefault(integer, 1),
    strategy: openObject({ type: byDefault(text, 'RollingUpdate') }),
    revisionHistoryLimit: byDefault(integer, 10),
    progressDeadlineSeconds: byDefault(integer, 600),
  }),
  StatefulSet: workload({
    replicas: byDefault(integer, 1),
    serviceName: text,
    podManagementPolicy: byDefault(text, 'OrderedReady'),
    updateStrategy: openObject({ type: byDefault(text, 'RollingUpdate') }),
    revisionHistoryLimit: byDefault(integer, 10),
  }),
  DaemonSet: workload({}),
  Job: workload({}),
  CustomResourceDefinition: object({
    spec: object({
      group: text,
      names: object({
        plural: text,
        singular: text,
        shortNames: texts,
        kind: text,
        listKind: text,
        categories: texts,
      }),
      scope: text,
      versions: listOf({ type: 'object', ...anything }),
      conversion: byDefault(openObject({ strategy: text }), { strategy: 'None' }),
      preserveUnknownFields: boolean,
    }),
    status: object({
      conditions,
      acceptedNames: openObject({}),
      storedVersions: texts,
      observedGeneration: integer,
    }),
  }),
  ValidatingWebhookConfiguration: webhooks,
  MutatingWebhookConfiguration: webhooks,
};
