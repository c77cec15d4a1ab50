import { z } from 'zod';
import { address } from '../../engine/address.ts';
import { defineKind } from '../../engine/define-kind.ts';
import type { KubeObject, ObjectRef } from '../../engine/ports.ts';
import type { Asked, Live } from '../../engine/resource.ts';
import type { Fields, Value } from '../../engine/value.ts';
import { LabError } from '../../errors.ts';
import { members, plainData, text } from './json.ts';
import { applyDesired } from './objects/apply.ts';
import { establishment, isDefinition } from './objects/custom-resource-definition.ts';
import { liveObject } from './objects/live.ts';
import { checkMetadata, liveMetadata, metadataFields } from './objects/metadata.ts';
import { foreignInstances } from './objects/namespace-content.ts';
import type { KubeClient } from './objects/object-api.ts';
import { parseApiVersion } from './objects/paths.ts';
import { unmarkObject } from './objects/release.ts';
import { gatesOpenedBy, notServedYet, servedGates } from './objects/served-gate.ts';

const identity = { name: z.string().optional(), namespace: z.string().optional() };

// What is not named here is the object's own business; the API server knows its schema.
const wholeObject = z
  .looseObject({
    apiVersion: z.string(),
    kind: z.string().optional(),
    metadata: z.strictObject({ ...identity, ...metadataFields }).optional(),
  })
  .describe('The object as kubectl takes it; kind, name and namespace may be left to the address');

type Wanted = z.output<typeof wholeObject>;

/** kubernetes.object/GROUP/KIND/NAME or GROUP/KIND/NAMESPACE/NAME, GROUP `core` for the core group: any object but a Secret. */
export const object = defineKind({
  kind: 'kubernetes.object',
  parts: [
    ['group', 'kind', 'name'],
    ['group', 'kind', 'namespace', 'name'],
  ],
  schema: z.strictObject({ object: wholeObject }),
  fields: { object: { reference: true } },
  ownership: 'whole',
  mark: 'own',
  writes: 'apply',
  precondition: 'server',
  normalises: true,
  parent: (id) => {
    const { namespace } = refOf(id);
    return namespace === undefined ? undefined : address('kubernetes.namespace', namespace);
  },
  gates: ([group = '', kind = '']) => servedGates(group, kind),
  opens: (id, spec) => (isDefinition(refOf(id)) ? gatesOpenedBy(spec.object) : []),
  check: ({ object: wanted }) => {
    const { group } = parseApiVersion(wanted.apiVersion);
    return (
      unfit({ group, kind: wanted.kind ?? '' }) ??
      ('status' in wanted ? "status is the controller's: take it out" : checkMetadata(wanted.metadata ?? {}))
    );
  },
  read: async (client: KubeClient, id, spec) => {
    const ref = fitRef(id, spec.object);
    const served = await client.objects.versions(ref.group, ref.kind);
    const version = spec.object && parseApiVersion(spec.object.apiVersion).version;
    if (served.length === 0) return { exists: 'unknown', because: notServedYet(id[0] ?? '', ref.kind) };
    return seen(await client.objects.get(ref, version));
  },
  readMany: async ({ objects }, asked) => {
    const told = new Map<unknown, Live>();
    const fit = asked.filter(({ id, spec }) => misfit(refOf(id), spec.object) === undefined);
    for (const alike of Map.groupBy(fit, typeOf).values()) {
      const refs = alike.map(({ id }) => refOf(id));
      const served = await objects.versions(refs[0]?.group ?? '', refs[0]?.kind ?? '');
      const wanted = alike[0]?.spec.object;
      const version = wanted === undefined ? served[0] : parseApiVersion(wanted.apiVersion).version;
      if (version === undefined || !served.includes(version)) continue;
      const found = await objects.lookUp(refs, version);
      alike.forEach((one, index) => {
        const answer = found[index];
        if (answer !== undefined) told.set(one, seen(answer.object));
      });
    }
    return asked.map((one) => told.get(one));
  },
  write: async (client, { id, spec: { object: wanted }, ...circumstances }) => {
    const { apiVersion, kind: _kind, metadata, ...content } = wanted;
    const ref = fitRef(id, wanted);
    const desired = { ref, apiVersion, labels: metadata?.labels, annotations: metadata?.annotations, content };
    return applyDesired(client, desired, circumstances, 'state');
  },
  settled: async ({ objects }, id) => {
    const ref = refOf(id);
    return isDefinition(ref) ? establishment(await objects.get(ref)) : { state: 'done' };
  },
  remove: async ({ objects }, id) => objects.remove(fitRef(id)),
  release: async (client, id) => unmarkObject(client, fitRef(id)),
  keep: async (client, id) => {
    const ref = refOf(id);
    if (!isDefinition(ref)) return undefined;
    const definition = members((await client.objects.get(ref))?.['spec']);
    const [group, kind] = [text(definition['group']), text(members(definition['names'])['kind'])];
    return group === undefined || kind === undefined ? undefined : foreignInstances(client, group, kind);
  },
});

const refOf = ([group = '', kind = '', ...rest]: readonly string[]): ObjectRef => {
  const [namespaceOrName = '', name] = rest;
  const place = name === undefined ? { name: namespaceOrName } : { namespace: namespaceOrName, name };
  return { group: group === 'core' ? '' : group, kind, ...place };
};

/** Why an object of this type must be asked for as another kind. */
const unfit = ({ group, kind }: Pick<ObjectRef, 'group' | 'kind'>): string | undefined => {
  if (group !== '') return undefined;
  if (kind === 'Secret') return 'a Secret must be a kubernetes.secret, so that its data is handled as secret';
  return kind === 'Namespace' ? 'a Namespace must be a kubernetes.namespace, so that what it holds is safe' : undefined;
};

/** The object of an address. Throws BAD_MANIFEST for what misfit() tells. */
const fitRef = (id: readonly string[], wanted?: Wanted): ObjectRef => {
  const ref = refOf(id);
  const wrong = misfit(ref, wanted);
  if (wrong === undefined) return ref;
  throw new LabError('BAD_MANIFEST', wrong, { address: address('kubernetes.object', ...id) });
};

/** Why an address is no business of this kind, or the object says something else. */
const misfit = (ref: ObjectRef, wanted?: Wanted): string | undefined => {
  const { kind = ref.kind, metadata: { name = ref.name, namespace = ref.namespace } = {} } = wanted ?? {};
  const group = wanted === undefined ? ref.group : parseApiVersion(wanted.apiVersion).group;
  const differs = group !== ref.group || kind !== ref.kind || name !== ref.name || namespace !== ref.namespace;
  return unfit(ref) ?? (differs ? 'apiVersion, kind, name and namespace must be those of the address' : undefined);
};

/** Equal for what can be listed together: of one type, asked for in one version. */
const typeOf = ({ id, spec }: Asked<{ readonly object?: Wanted | undefined }>): string => {
  const [group = '', kind = ''] = id;
  return JSON.stringify([group, kind, spec.object?.apiVersion]);
};

const seen = (found: KubeObject | undefined): Live =>
  found === undefined ? { exists: 'no' } : liveObject(found, { object: plainObject(found) });

/** The object without what the server and lab keep in it for themselves. */
const plainObject = (found: KubeObject): Fields => {
  const { status: _status, metadata, ...rest } = found;
  const { name, namespace } = metadata;
  const own = { name, ...(namespace === undefined ? {} : { namespace }), ...liveMetadata(found) };
  const content = Object.entries(rest).map(([field, value]): [string, Value] => [field, plainData(value)]);
  return { ...Object.fromEntries(content), metadata: own };
};
