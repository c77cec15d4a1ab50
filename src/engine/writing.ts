import { LabError } from '../errors.ts';
import { isSecret, type Secret } from '../secrets/secret.ts';
import { isSourced, type Sourced } from '../secrets/source.ts';
import { isStandIn } from '../secrets/stand-in.ts';
import type { StateRecord } from '../state/store.ts';
import type { Assessment } from './assess.ts';
import { digest } from './canonical.ts';
import { managedPart, removedPaths } from './diff.ts';
import { missingSource, secretLeaves, valueAt } from './judge.ts';
import { type Node, subjectOf } from './node.ts';
import { markOf } from './owner.ts';
import { formatPath, type Path } from './path.ts';
import { recordedFingerprint, recordedSpec } from './record.ts';
import type { WriteRequest } from './resource.ts';
import { traitsAt } from './traits.ts';
import { type Fields, isFields, isList, isLiveSecret, type Value } from './value.ts';
import type { World } from './world.ts';

type Assessed = Extract<Assessment, { is: 'assessed' }>;

/** A write that is ready to go out, and the record that will stand for it. */
export interface Prepared {
  readonly request: WriteRequest<Fields>;
  readonly record: StateRecord;
}

/** Reads the values that have to be written, fingerprints them and puts the request together. */
export const prepareWrite = async (
  node: Node,
  found: Assessed,
  world: World,
  installation: string,
  takeOver: boolean,
): Promise<Prepared> => {
  const values = await valuesToWrite(node, found, world);
  const fingerprints = fingerprintsOf(node, found, values, world, installation);
  const ownership = found.live.exists === 'no' ? 'owned' : ownershipOf(found);
  const owner = { ...world.owner, installation };
  const request: WriteRequest<Fields> = {
    id: node.id,
    spec: { ...filled(found, values), ...resets(node, found) },
    live: found.live,
    ...(ownership === 'owned' ? { mark: markOf(owner) } : {}),
    ...(takeOver ? { takeOver } : {}),
    fingerprints,
    removed: removedPaths({ applied: found.record?.applied, desired: found.desired }).map(formatPath),
  };
  return { request, record: recordFor(node, found, fingerprints, ownership) };
};

/** The record of an object that lab answers for. */
export const recordFor = (
  node: Node,
  found: Assessed,
  fingerprints: Readonly<Record<string, string>>,
  ownership: StateRecord['ownership'],
): StateRecord => ({
  identity: found.identity,
  address: node.address,
  kind: node.resource.kind,
  scope: found.scope,
  id: node.id,
  ownership,
  dependsOn: node.needs,
  applied: recordedSpec(found.desired, fingerprints),
  receipt: {
    applied: digest(recordedSpec(found.desired, {})),
    live: digest(managedPart(found.desired, found.live.exists === 'yes' ? found.live.spec : undefined)),
  },
  status: 'begun',
});

/** Whose the object is from now on. */
export const ownershipOf = (found: Assessed): StateRecord['ownership'] =>
  found.record?.ownership ?? (found.decision.ownership === 'owned' ? 'owned' : 'contributed');

/** Fingerprints that stand beside live values now. */
export const liveFingerprints = (found: Assessed): Record<string, string> =>
  Object.fromEntries(
    secretLeaves(found.desired, []).flatMap(({ path }) => {
      const live = valueAt(found.live.exists === 'yes' ? found.live.spec : undefined, path);
      const fingerprint = isLiveSecret(live) ? live.fingerprint : undefined;
      return fingerprint === undefined ? [] : [[formatPath(path), fingerprint]];
    }),
  );

const valuesToWrite = async (node: Node, found: Assessed, world: World): Promise<ReadonlyMap<string, Secret>> => {
  const values = new Map<string, Secret>();
  for (const { path, leaf } of secretLeaves(found.desired, [])) {
    // Where the server never answers a secret, a write that replaces the object has to send it again.
    if (traitsAt(node.facts, path).writeOnly === true) {
      const again = isSourced(leaf) ? await world.secrets.resolve(leaf) : leaf;
      if (again !== undefined) values.set(formatPath(path), again);
      continue;
    }
    const verdict = found.verdicts.get(formatPath(path));
    const live = valueAt(found.live.exists === 'yes' ? found.live.spec : undefined, path);
    const value =
      verdict?.is === 'changed'
        ? (verdict.value ?? (isSourced(leaf) ? await valueNow(leaf, world) : leaf))
        : isLiveSecret(live)
          ? live.value
          : undefined;
    if (value !== undefined) values.set(formatPath(path), value);
  }
  if (!world.sandbox && [...values.values()].some(isStandIn)) {
    throw new LabError('GUARD', 'the value comes from a sandbox and is not sent to a real system', {
      address: node.address,
    });
  }
  return values;
};

/** What is made or typed only now. */
const valueNow = async (leaf: Sourced, { secrets }: World): Promise<Secret> => {
  const value = await secrets.resolve(leaf);
  if (value === undefined) throw missingSource(leaf);
  return value;
};

const fingerprintsOf = (
  node: Node,
  found: Assessed,
  values: ReadonlyMap<string, Secret>,
  world: World,
  installation: string,
): Record<string, string> => {
  const writeOnly = secretLeaves(found.desired, []).filter(({ path }) => traitsAt(node.facts, path).writeOnly === true);
  const sentAgain = new Set(writeOnly.map(({ path }) => formatPath(path)));
  const recorded = writeOnly.flatMap(({ path }) => {
    const fingerprint = recordedFingerprint(found.record, path);
    return fingerprint === undefined ? [] : [[formatPath(path), fingerprint]];
  });
  const fresh = [...values].flatMap(([field, value]) =>
    found.verdicts.get(field)?.is === 'changed' || sentAgain.has(field)
      ? [[field, world.secrets.fingerprint(installation, subjectOf(node.resource.kind, node.id), field, value)]]
      : [],
  );
  return { ...Object.fromEntries(recorded), ...liveFingerprints(found), ...Object.fromEntries(fresh) };
};

/** The spec with the values in place; secrets that stay as they are stay Sourced, which tells write() to leave them. */
const filled = (found: Assessed, values: ReadonlyMap<string, Secret>): Fields => {
  const fill = (value: Value, path: Path): Value => {
    if (isSecret(value) || isSourced(value)) return values.get(formatPath(path)) ?? value;
    if (isList(value)) return value.map((item, index) => fill(item, [...path, index]));
    if (!isFields(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, [...path, key])]));
  };
  return Object.fromEntries(Object.entries(found.desired).map(([key, item]) => [key, fill(item, [key])]));
};

/** Fields that the manifest no longer holds, with the value that they go back to. */
const resets = (node: Node, found: Assessed): Fields =>
  Object.fromEntries(
    removedPaths({ applied: found.record?.applied, desired: found.desired }).flatMap((path) => {
      const [field, ...deeper] = path;
      const unset = traitsAt(node.facts, path).unset;
      return typeof field === 'string' && deeper.length === 0 && unset !== undefined ? [[field, unset]] : [];
    }),
  );
