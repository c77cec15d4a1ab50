import { z } from 'zod';
import type { ObjectMeta } from '../../engine/ports.ts';
import type { Json } from '../../engine/value.ts';

const ownPrefix = 'k8s-lab.dev/';
const ownerAnnotation = `${ownPrefix}owner`;
const managedBy = 'app.kubernetes.io/managed-by';
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

const textMap = (what: string) =>
  z
    .record(z.string(), z.string().nullable())
    .optional()
    .describe(`${what}; only the named ones are managed, null means absent`);

/** The fields for labels and annotations of an object. */
export const metadataShape = { labels: textMap('Labels'), annotations: textMap('Annotations') };

type Texts = Readonly<Record<string, string | null>>;

/** Labels and annotations that the manifest asks for. */
export interface Metadata {
  readonly labels?: Texts | undefined;
  readonly annotations?: Texts | undefined;
}

/** Why these labels and annotations cannot be asked for, or undefined. */
export const checkMetadata = ({ labels, annotations }: Metadata): string | undefined => {
  const own = Object.keys({ ...labels, ...annotations }).find((name) => name.startsWith(ownPrefix));
  return own === undefined ? undefined : `"${own}" is lab's own: take it out`;
};

/** What the manifest asks for with the ownership mark, if there is one to leave. Empty maps are left out. */
export const marked = ({ labels, annotations }: Metadata, mark: string | undefined) => ({
  ...unlessEmpty('labels', { ...(mark === undefined ? {} : { [managedBy]: 'lab' }), ...labels }),
  ...unlessEmpty('annotations', { ...annotations, ...(mark === undefined ? {} : { [ownerAnnotation]: mark }) }),
});

const unlessEmpty = (name: keyof Metadata, texts: Texts): Readonly<Record<string, Json>> =>
  Object.keys(texts).length === 0 ? {} : { [name]: texts };

/** The ownership mark on an object, if it has one. */
export const markOn = (metadata: ObjectMeta): string | undefined => metadata.annotations?.[ownerAnnotation];

/** Labels and annotations without those that lab and kubectl keep there for themselves. */
export const unmarked = ({ labels = {}, annotations = {} }: ObjectMeta) => ({
  labels: without(labels, (name, value) => name === managedBy && value === 'lab'),
  annotations: without(annotations, (name) => name.startsWith(ownPrefix) || name === lastApplied),
});

const without = (
  texts: Readonly<Record<string, string>>,
  isOwn: (name: string, value: string) => boolean,
): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(texts).filter(([name, value]) => !isOwn(name, value)));
