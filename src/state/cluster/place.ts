import { type KubeObject, type ObjectRef, ownSecretType } from '../../engine/ports.ts';

/** Whose state, and in which namespace of the cluster. */
export interface ClusterPlace {
  readonly namespace: string;
  readonly name: string;
  readonly environment: string;
}

/** What a Secret of a state holds: the root, a piece of the document, a piece of the journal. */
export type Holding = 'root' | 'document' | 'journal';

/** `lab.NAME.ENVIRONMENT`: names of manifests and environments have no dot, so no two owners share it. */
const baseOf = ({ name, environment }: ClusterPlace): string => `lab.${name}.${environment}`;

/** The labels of everything that is one owner's. */
export const labelsOf = ({ name, environment }: ClusterPlace): Readonly<Record<string, string>> => ({
  'app.kubernetes.io/managed-by': 'lab',
  'k8s-lab.dev/manifest': name,
  'k8s-lab.dev/environment': environment,
});

/** The Secret that says what counts: all others are only read because it names them. */
export const rootRef = (place: ClusterPlace): ObjectRef => ({
  group: '',
  kind: 'Secret',
  namespace: place.namespace,
  name: baseOf(place),
});

/** One piece of a text; a stem is never used twice. */
export const pieceRef = (place: ClusterPlace, holding: Holding, stem: string, index: number): ObjectRef => ({
  ...rootRef(place),
  name: `${baseOf(place)}.${holding}.${stem}.${index}`,
});

/** The lock. */
export const leaseRef = (place: ClusterPlace): ObjectRef => ({
  ...rootRef(place),
  group: 'coordination.k8s.io',
  kind: 'Lease',
});

/** For people: `Secret lab-system/lab.shop.kind`. */
export const nameOf = ({ kind, namespace, name }: ObjectRef): string => `${kind} ${namespace}/${name}`;

/** A new Secret of a state. */
export const ownSecret = (
  place: ClusterPlace,
  holding: Holding,
  { name }: Pick<ObjectRef, 'name'>,
  texts: Readonly<Record<string, string>>,
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  type: ownSecretType,
  metadata: { name, namespace: place.namespace, labels: { ...labelsOf(place), 'k8s-lab.dev/holds': holding } },
  data: encodeData(texts),
});

/** Texts as the data of a Secret. */
export const encodeData = (texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString('base64')]));

/** The bytes under one key of a Secret; undefined if there is none. */
export const dataIn = (secret: KubeObject, key: string): Buffer | undefined => {
  const data: unknown = secret['data'];
  const value: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, key) : undefined;
  return typeof value === 'string' ? Buffer.from(value, 'base64') : undefined;
};
