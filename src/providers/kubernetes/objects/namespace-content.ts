import type { KubeObject } from '../../../engine/ports.ts';
import { LabError } from '../../../errors.ts';
import { elements } from '../json.ts';
import type { ServedType } from './discovery.ts';
import { markOf } from './metadata.ts';
import { listAll, type Wire } from './objects.ts';
import { collectionPath, nameOf } from './paths.ts';

// Names and marks only: no data of anybody's object leaves the API server for this.
const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';
const shown = 5;

/** Why a namespace may not be deleted: what it holds that is not lab's, or that it cannot be told. undefined if it may. */
export const foreignInNamespace = async (wire: Wire, namespace: string): Promise<string | undefined> => {
  try {
    const types = (await wire.discovery.all()).filter(canHoldContent);
    const found = await Promise.all(types.map((type) => foreignOf(wire, type, namespace)));
    return complaint(found.flat(), `namespace "${namespace}" holds`);
  } catch (error) {
    return untold(error, `what is in namespace "${namespace}"`);
  }
};

/** Why a type may not be deleted: its instances that are not lab's would go with it. undefined if it may. */
export const foreignInstances = async (wire: Wire, group: string, kind: string): Promise<string | undefined> => {
  try {
    const [type] = await wire.discovery.versionsOf(group, kind);
    if (type === undefined) return undefined;
    const items = await listAll(wire, collectionPath(type), metadataOnly);
    return complaint(items.filter((item) => markOf(item) === undefined).map(named(type)), `the type ${kind} still has`);
  } catch (error) {
    return untold(error, `which ${kind} objects there are`);
  }
};

const canHoldContent = ({ namespaced, verbs, kind }: ServedType): boolean =>
  namespaced && verbs.includes('list') && verbs.includes('delete') && !leftovers.has(kind);

// Kinds that mean nothing of their own: what happened, and the addresses of a Service.
const leftovers = new Set(['Event', 'Endpoints']);

// What Kubernetes puts in every namespace.
const defaults = new Set(['ServiceAccount default', 'ConfigMap kube-root-ca.crt']);

const foreignOf = async (wire: Wire, type: ServedType, namespace: string): Promise<readonly string[]> => {
  const items = await listAll(wire, collectionPath(type, namespace), metadataOnly);
  return items
    .filter((item) => markOf(item) === undefined && !isOwned(item))
    .map(({ metadata }) => nameOf({ kind: type.kind, name: metadata.name }))
    .filter((name) => !defaults.has(name));
};

// The garbage collector removes it with its owner, which is looked at in its own right.
const isOwned = ({ metadata }: KubeObject): boolean => elements(metadata['ownerReferences']).length > 0;

const named =
  ({ kind }: ServedType) =>
  ({ metadata: { name, namespace } }: KubeObject): string =>
    nameOf({ kind, name, ...(namespace === undefined ? {} : { namespace }) });

const complaint = (foreign: readonly string[], subject: string): string | undefined => {
  if (foreign.length === 0) return undefined;
  const listed = foreign.toSorted().slice(0, shown).join(', ');
  const more = foreign.length > shown ? ` and ${foreign.length - shown} more` : '';
  return `${subject} what is not lab's: ${listed}${more}`;
};

const untold = (error: unknown, what: string): string => {
  if (error instanceof LabError && error.code !== 'CANCELLED') return `lab cannot tell ${what}: ${error.message}`;
  throw error;
};
