import type { ObjectMeta } from '../../engine/ports.ts';

const ownerAnnotation = 'k8s-lab.dev/owner';
const managedBy = 'app.kubernetes.io/managed-by';

type Texts = Readonly<Record<string, string>>;

/** The labels and annotations that a manifest may ask for. */
export interface Metadata {
  readonly labels?: Texts | undefined;
  readonly annotations?: Texts | undefined;
}

/** What the manifest asks for with the ownership mark, if there is one to leave. Empty maps are left out. */
export const marked = (
  { labels, annotations }: Metadata,
  mark: string | undefined,
): { readonly labels?: Texts; readonly annotations?: Texts } => ({
  ...unlessEmpty('labels', { ...labels, ...(mark === undefined ? {} : { [managedBy]: 'lab' }) }),
  ...unlessEmpty('annotations', { ...annotations, ...(mark === undefined ? {} : { [ownerAnnotation]: mark }) }),
});

/** The ownership mark on an object, if it has one. */
export const markOn = (metadata: ObjectMeta): string | undefined => metadata.annotations?.[ownerAnnotation];

/** Labels and annotations without lab's own. */
export const unmarked = ({ labels = {}, annotations = {} }: ObjectMeta): { labels: Texts; annotations: Texts } => ({
  labels: keep(labels, ([name, value]) => name !== managedBy || value !== 'lab'),
  annotations: keep(annotations, ([name]) => name !== ownerAnnotation),
});

const keep = (texts: Texts, wanted: (entry: [string, string]) => boolean): Texts =>
  Object.fromEntries(Object.entries(texts).filter(wanted));

const unlessEmpty = (name: keyof Metadata, texts: Texts): { readonly labels?: Texts; readonly annotations?: Texts } =>
  Object.keys(texts).length === 0 ? {} : { [name]: texts };
