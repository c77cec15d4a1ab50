import type { KubeObject, OwnerReference } from '../../kubernetes/object.ts';
import { explaining, fail } from '../failure.ts';
import { dataHash } from '../hashes.ts';
import { group, hashAnnotation, managedLabel, ownerHash, ownerLabel } from '../names.ts';
import { dataOf } from '../readers/references.ts';
import type { ExternalSecretSpec, TargetTemplate } from '../spec.ts';
import { render } from '../template/render.ts';
import type { SecretData } from './fetch.ts';
import { ownFields } from './own-fields.ts';

type Texts = Record<string, string>;

/** The target as it is to be; `before` is the Secret that is there. Fails if it is somebody else's. */
export const desiredSecret = async (
  object: KubeObject,
  spec: ExternalSecretSpec,
  fetched: SecretData,
  before: KubeObject | undefined,
): Promise<KubeObject> => {
  const { namespace = '', name } = object.metadata;
  const own = before === undefined ? undefined : ownFields(before, name);
  const labels = without(before?.metadata.labels, own?.labels);
  const annotations = without(before?.metadata.annotations, own?.annotations);
  const ownerReferences = ownersAfter(object, spec, before);
  const keepsData = spec.creationPolicy === 'Merge' && before !== undefined;
  const data: SecretData = keepsData ? dataOf(before) : new Map();
  for (const key of keepsData ? (own?.data ?? []) : []) data.delete(key);

  const type = spec.template?.type || before?.['type'] || 'Opaque';
  if (before !== undefined && spec.immutable) {
    for (const [key, bytes] of dataOf(before)) data.set(key, bytes);
  } else if (spec.template === undefined) {
    Object.assign(labels, object.metadata.labels);
    Object.assign(annotations, object.metadata.annotations);
    for (const [key, bytes] of fetched) data.set(key, bytes);
  } else {
    const { template } = spec;
    await explaining('could not apply template: ', () =>
      applyTemplate(template, fetched, { data, labels, annotations }),
    );
  }

  if (spec.creationPolicy === 'Owner') labels[ownerLabel] = ownerHash(namespace, name);
  else delete labels[ownerLabel];
  labels[managedLabel] = 'true';
  annotations[hashAnnotation] = dataHash(data);
  const { ownerReferences: _, ...metadata } = before?.metadata ?? { name: spec.targetName, namespace };
  return {
    ...before,
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { ...metadata, labels, annotations, ...(ownerReferences.length === 0 ? {} : { ownerReferences }) },
    ...(spec.immutable ? { immutable: true } : {}),
    data: Object.fromEntries([...data].map(([key, bytes]) => [key, Buffer.from(bytes).toString('base64')])),
    type,
  };
};

const without = (texts: Readonly<Texts> | undefined, keys: readonly string[] = []): Texts =>
  Object.fromEntries(Object.entries(texts ?? {}).filter(([key]) => !keys.includes(key)));

/** The Secret's owners after this ExternalSecret took it, or let go of it. */
const ownersAfter = (
  object: KubeObject,
  spec: ExternalSecretSpec,
  before: KubeObject | undefined,
): readonly OwnerReference[] => {
  const { name, namespace = '', uid = '' } = object.metadata;
  const owners = before?.metadata.ownerReferences ?? [];
  const controller = owners.find((owner) => owner.controller === true);
  const isOurs = controller?.kind === 'ExternalSecret' && controller.apiVersion.startsWith(`${group}/`);
  if (controller !== undefined && isOurs && controller.name !== name) {
    return fail(`secret is owned by another ExternalSecret: ${controller.name}`, {
      kind: 'terminal',
      condition: 'target is owned by another ExternalSecret',
    });
  }
  const others = owners.filter((owner) => owner !== controller);
  if (spec.creationPolicy !== 'Owner') return isOurs ? others : owners;
  if (controller !== undefined && !isOurs) {
    return fail(
      `could not set controller reference on secret: Object ${namespace}/${spec.targetName} is already owned by another ${controller.kind} controller ${controller.name}`,
      { kind: 'terminal', condition: 'failed to take ownership of target secret' },
    );
  }
  const own = {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
  return [...others, own];
};

const applyTemplate = async (
  template: TargetTemplate,
  fetched: SecretData,
  into: { readonly data: SecretData; readonly labels: Texts; readonly annotations: Texts },
): Promise<void> => {
  if (template.unsupported !== undefined) fail(`the sandbox does not know target.template.${template.unsupported}`);
  if (template.merge || Object.keys(template.data).length === 0) {
    for (const [key, bytes] of fetched) into.data.set(key, bytes);
  }
  const values = Object.fromEntries([...fetched].map(([key, bytes]) => [key, Buffer.from(bytes).toString('utf8')]));
  const rendered = (key: string, text: string): Promise<string> =>
    // Each layer of the operator says it once more.
    explaining(
      `could not execute template: could not execute template: unable to execute template at key ${key}: `,
      () => render(key, text, values),
    );
  for (const [key, text] of Object.entries(template.data)) into.data.set(key, Buffer.from(await rendered(key, text)));
  for (const [key, text] of Object.entries(template.labels)) into.labels[key] = await rendered(key, text);
  for (const [key, text] of Object.entries(template.annotations)) into.annotations[key] = await rendered(key, text);
};
