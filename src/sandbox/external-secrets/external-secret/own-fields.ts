import { type JsonMap, membersOf } from '../../kubernetes/json.ts';
import type { KubeObject } from '../../kubernetes/object.ts';
import { targetManager } from '../names.ts';

/** The keys of data, labels and annotations of a Secret that an ExternalSecret wrote, by the Secret's managed fields. */
export const ownFields = (
  { metadata }: KubeObject,
  name: string,
): {
  readonly data: readonly string[];
  readonly labels: readonly string[];
  readonly annotations: readonly string[];
} => {
  const entries = (metadata.managedFields ?? []).filter(({ manager }) => manager === targetManager(name));
  const keys = (part: (fields: JsonMap) => JsonMap): readonly string[] =>
    entries
      .flatMap(({ fieldsV1 }) => Object.keys(part(fieldsV1)))
      .filter((key) => key !== '.')
      .map((key) => key.replace(/^f:/, ''));
  return {
    data: keys((fields) => membersOf(fields['f:data'])),
    labels: keys((fields) => membersOf(membersOf(fields['f:metadata'])['f:labels'])),
    annotations: keys((fields) => membersOf(membersOf(fields['f:metadata'])['f:annotations'])),
  };
};
