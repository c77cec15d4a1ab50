import {
  anything,
  atomic,
  byDefault,
  integer,
  keyedList,
  listOf,
  mapOf,
  object,
  openObject,
  quantity,
  type Schema,
  text,
  textMap,
} from '../schema/schema.ts';
import { metadataSchema } from './metadata-schema.ts';

// Which lists and maps of a pod are owned item by item; everything that is not described is owned as the API server
// owns what it does not know: maps by key, lists whole.
const selector = atomic(anything);
const condition = keyedList(['type'], anything);

const container = openObject({
  name: text,
  image: text,
  command: listOf(text),
  args: listOf(text),
  env: keyedList(
    ['name'],
    object({
      name: text,
      value: text,
      valueFrom: openObject({
        secretKeyRef: atomic(anything),
        configMapKeyRef: atomic(anything),
        fieldRef: atomic(anything),
        resourceFieldRef: atomic(anything),
      }),
    }),
  ),
  envFrom: listOf(anything),
  ports: keyedList(
    ['containerPort', 'protocol'],
    object({ name: text, containerPort: integer, hostPort: integer, hostIP: text, protocol: byDefault(text, 'TCP') }),
  ),
  resources: byDefault(openObject({ limits: mapOf(quantity), requests: mapOf(quantity) }), {}),
  volumeMounts: keyedList(['mountPath'], openObject({ name: text, mountPath: text, subPath: text })),
  volumeDevices: keyedList(['devicePath'], anything),
  terminationMessagePath: byDefault(text, '/dev/termination-log'),
  terminationMessagePolicy: byDefault(text, 'File'),
});

const volume = openObject({
  name: text,
  secret: openObject({ secretName: text, defaultMode: byDefault(integer, 420) }),
  configMap: openObject({ name: text, defaultMode: byDefault(integer, 420) }),
  projected: openObject({ defaultMode: byDefault(integer, 420) }),
});

/** `spec` of a pod. */
export const podSpec: Schema = openObject({
  containers: keyedList(['name'], container),
  initContainers: keyedList(['name'], container),
  volumes: keyedList(['name'], volume),
  imagePullSecrets: keyedList(['name'], atomic(object({ name: text }))),
  hostAliases: keyedList(['ip'], anything),
  topologySpreadConstraints: keyedList(['topologyKey', 'whenUnsatisfiable'], anything),
  nodeSelector: atomic(textMap),
  tolerations: listOf(anything),
  serviceAccountName: text,
  serviceAccount: text,
  restartPolicy: byDefault(text, 'Always'),
  terminationGracePeriodSeconds: byDefault(integer, 30),
  dnsPolicy: byDefault(text, 'ClusterFirst'),
  securityContext: byDefault(openObject({}), {}),
  schedulerName: byDefault(text, 'default-scheduler'),
});

/** A pod in a Deployment, StatefulSet or Job. */
export const podTemplate: Schema = object({ metadata: metadataSchema, spec: podSpec });

/** `spec` and `status` of the types that run pods. */
export const workload = (properties: Readonly<Record<string, Schema>>): Schema =>
  object({
    spec: openObject({ selector, template: podTemplate, ...properties }),
    status: openObject({ conditions: condition }),
  });
