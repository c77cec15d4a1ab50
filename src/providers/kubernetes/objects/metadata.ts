import { z } from 'zod';
import type { KubeObject } from '../../../engine/ports.ts';
import type { FieldTraits } from '../../../engine/resource.ts';
import { members, textMembers } from '../json.ts';
import { lastApplied } from './objects.ts';

/** Labels or annotations as the manifest has them; null: must be absent. */
export type TextMap = Readonly<Record<string, string | null>>;

const textMap = (what: string) =>
  z
    .record(z.string(), z.string().nullable())
    .describe(`${what}; only the named ones are managed, null means absent`)
    .optional();

/** The part of a schema that all kinds of this provider share. */
export const metadataFields = { labels: textMap('Labels'), annotations: textMap('Annotations') };

/** Traits of those fields. */
export const metadataTraits: Readonly<Record<string, FieldTraits>> = {
  'labels.*': { reference: true },
  'annotations.*': { reference: true },
};

const ownPrefix = 'k8s-lab.dev/';
const ownerAnnotation = `${ownPrefix}owner`;
const fingerprintsAnnotation = `${ownPrefix}fingerprints`;
const managedBy = 'app.kubernetes.io/managed-by';

/** The merge patch of metadata that takes lab's mark off. */
export const withoutMark = { labels: { [managedBy]: null }, annotations: { [ownerAnnotation]: null } };

/** Why these labels and annotations cannot be asked for, or undefined. */
export const checkMetadata = (spec: {
  labels?: TextMap | undefined;
  annotations?: TextMap | undefined;
}): string | undefined => {
  const own = Object.keys({ ...spec.labels, ...spec.annotations }).find((key) => key.startsWith(ownPrefix));
  return own === undefined ? undefined : `"${own}" is lab's own: take it out`;
};

/** Labels and annotations to apply: what the manifest asks for, and lab's own beside it. */
export const writtenMetadata = (
  desired: { labels?: TextMap | undefined; annotations?: TextMap | undefined },
  mark: string | undefined,
  fingerprints: Readonly<Record<string, string>>,
): { labels: TextMap; annotations: TextMap } => ({
  labels: { ...(mark === undefined ? {} : { [managedBy]: 'lab' }), ...desired.labels },
  annotations: {
    ...desired.annotations,
    ...(mark === undefined ? {} : { [ownerAnnotation]: mark }),
    ...(Object.keys(fingerprints).length === 0 ? {} : { [fingerprintsAnnotation]: sortedJson(fingerprints) }),
  },
});

// Sorted, so that equal fingerprints are equal text and an unchanged object stays unchanged.
const sortedJson = (map: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.fromEntries(Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1))));

/** Labels and annotations of a live object, without what lab and kubectl keep there for themselves. */
export const liveMetadata = ({ metadata }: KubeObject) => ({
  labels: without(textMembers(metadata.labels), (key, value) => key === managedBy && value === 'lab'),
  annotations: without(textMembers(metadata.annotations), (key) => key.startsWith(ownPrefix) || key === lastApplied),
});

const without = (map: Readonly<Record<string, string>>, isOwn: (key: string, value: string) => boolean) =>
  Object.fromEntries(Object.entries(map).filter(([key, value]) => !isOwn(key, value)));

/** The ownership mark on a live object, `name/environment/installation`. */
export const markOf = ({ metadata }: KubeObject): string | undefined =>
  textMembers(metadata.annotations)[ownerAnnotation];

/** The fingerprints that lab left beside secret values, by field path. */
export const fingerprintsOf = ({ metadata }: KubeObject): Readonly<Record<string, string>> => {
  try {
    return textMembers(members(JSON.parse(textMembers(metadata.annotations)[fingerprintsAnnotation] ?? '{}')));
  } catch {
    // Somebody edited it: then nothing is known of the values.
    return {};
  }
};
