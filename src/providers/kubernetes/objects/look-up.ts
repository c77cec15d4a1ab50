import type { KubeObject, LookedUp, ObjectRef } from '../../../engine/ports.ts';
import { LabError } from '../../../errors.ts';
import { listPage, type Page, servedType, type Wire } from './objects.ts';
import { collectionPath, joinApiVersion } from './paths.ts';

// A page holds up to 500 objects and costs about as much as reading ten of them.
const readsPerPage = 10;

/** Looks objects of one kind up in lists, one for each namespace that enough of them are in. */
export const lookUp = async (
  wire: Wire,
  refs: readonly ObjectRef[],
  version?: string,
): Promise<readonly (LookedUp | undefined)[]> => {
  const namespaces = Map.groupBy(refs, ({ namespace }) => namespace);
  const told = new Map<ObjectRef, LookedUp | undefined>();
  await Promise.all(
    [...namespaces.values()].map(async (wanted) => {
      const names = await listed(wire, wanted, version);
      for (const ref of wanted) told.set(ref, names(ref.name));
    }),
  );
  return refs.map((ref) => told.get(ref));
};

type ByName = (name: string) => LookedUp | undefined;

const nothing: ByName = () => undefined;

/** All `refs` are in one namespace. */
const listed = async (wire: Wire, refs: readonly ObjectRef[], version?: string): Promise<ByName> => {
  const [first] = refs;
  if (first === undefined || refs.length < readsPerPage) return nothing;
  const type = await servedType(wire, first, version);
  const apiVersion = joinApiVersion(type.group, type.version);
  const found = new Map<string, KubeObject>();
  let next: string | undefined = '';
  for (let pages = Math.floor(refs.length / readsPerPage); pages > 0; pages -= 1) {
    const page: Page | undefined = await readable(listPage(wire, collectionPath(type, first.namespace), next));
    for (const item of page?.items ?? []) found.set(item.metadata.name, { ...item, apiVersion, kind: type.kind });
    next = page?.next;
    if (next === undefined || next === '') break;
  }
  return (name) => (found.has(name) || next === '' ? { object: found.get(name) } : undefined);
};

/** undefined for who may read objects one by one, but not list them. */
const readable = async (page: Promise<Page | undefined>): Promise<Page | undefined> => {
  try {
    return await page;
  } catch (error) {
    if (error instanceof LabError && error.code === 'DENIED') return undefined;
    throw error;
  }
};
