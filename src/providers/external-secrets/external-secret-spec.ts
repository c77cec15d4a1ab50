import { z } from 'zod';
import { duration } from '../../engine/fields.ts';
import type { FieldTraits } from '../../engine/resource.ts';

/** Texts that templates may fill in. */
const texts = () => z.record(z.string(), z.string());

const remoteShape = z.strictObject({
  key: z.string().min(1).describe("The secret's name in the store"),
  property: z.string().min(1).optional().describe('One field of a secret that holds several'),
  version: z.string().min(1).optional(),
  decode: z.enum(['Auto', 'Base64', 'Base64URL', 'None']).optional().describe('How the stored value is encoded'),
});

/** Where one value lies in the store. */
type Remote = z.output<typeof remoteShape>;

// None is what the server understands by nothing, and some versions write it out.
const remote = remoteShape.transform(
  ({ decode, ...rest }): Remote => (decode === undefined || decode === 'None' ? rest : { ...rest, decode }),
);

const template = z.strictObject({
  type: z.string().min(1).optional().describe('Type of the Secret'),
  metadata: z.strictObject({ labels: texts().optional(), annotations: texts().optional() }).optional(),
  data: texts().optional().describe('Keys of the Secret, as templates over the keys of `data`'),
  mergePolicy: z.enum(['Replace', 'Merge']).optional(),
  engineVersion: z.enum(['v1', 'v2']).optional(),
});

/** How the Secret is made of the values. */
export type Template = z.output<typeof template>;

const target = z.strictObject({
  name: z.string().min(1).optional().describe("Name of the Secret, if not the ExternalSecret's"),
  creationPolicy: z.enum(['Owner', 'Orphan', 'Merge', 'None', 'CreateOrMerge']).optional(),
  deletionPolicy: z.enum(['Delete', 'Merge', 'Retain']).optional(),
  template: template.optional(),
});

/** An ExternalSecret in lab's words. */
export const externalSecretSchema = z.strictObject({
  name: z.string().min(1).optional().describe('Its name in Kubernetes, where that differs from the address'),
  store: z.strictObject({ name: z.string().min(1), kind: z.enum(['ClusterSecretStore', 'SecretStore']) }).optional(),
  generator: z
    .strictObject({ kind: z.string().min(1), name: z.string().min(1) })
    .optional()
    .describe('Instead of store and data: what makes all keys, anew at each refresh'),
  refresh: duration().optional().describe('How often the store is read; 0 reads once and never again'),
  target: target.optional(),
  data: z
    .array(z.strictObject({ key: z.string().min(1).describe('Key of the Secret'), remote }))
    .min(1)
    .transform((items) => items.toSorted(byKey))
    .optional(),
});

/** An ExternalSecret's spec after parsing. */
export type ExternalSecretSpec = z.output<typeof externalSecretSchema>;

/** The order of data: the server keeps any, and none means anything. */
export const byKey = (one: { readonly key: string }, other: { readonly key: string }): number =>
  one.key < other.key ? -1 : one.key > other.key ? 1 : 0;

/** What External Secrets does where `refresh` is not set, in seconds. */
export const defaultRefresh = 3600;

/** Traits of an ExternalSecret's fields. */
export const externalSecretFields: Readonly<Record<string, FieldTraits>> = {
  data: { exact: true },
  refresh: { unset: defaultRefresh },
  // External Secrets deletes the Secret of the old name before it makes the new one.
  'target.name': { immutable: true },
  'target.creationPolicy': { unset: 'Owner' },
  'target.deletionPolicy': { unset: 'Retain' },
  'target.template.data': { exact: true },
  'target.template.mergePolicy': { unset: 'Replace' },
  'target.template.engineVersion': { unset: 'v2' },
};

/** What External Secrets refuses: its webhook at once, which a cluster may run without, or its controller later. */
export const checkExternalSecret = ({
  store,
  generator,
  data = [],
  target: { creationPolicy = 'Owner', deletionPolicy } = {},
}: ExternalSecretSpec) => {
  if (generator === undefined && (store === undefined || data.length === 0))
    return 'needs store and data, or generator';
  if (generator !== undefined && (store !== undefined || data.length > 0)) {
    return 'generator takes the place of store and data';
  }
  const twice = data.find(({ key }, index) => data[index + 1]?.key === key);
  if (twice !== undefined) return `data names the key ${twice.key} twice`;
  if (deletionPolicy === 'Delete' && creationPolicy !== 'Owner') {
    return `target.deletionPolicy Delete needs creationPolicy Owner, and it is ${creationPolicy}`;
  }
  if (deletionPolicy === 'Merge' && creationPolicy === 'None') {
    return 'target.deletionPolicy Merge needs a creationPolicy other than None';
  }
  return undefined;
};
