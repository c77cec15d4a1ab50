import { providerOf } from '../engine/address.ts';
import { formatPath, type Path, parsePath } from '../engine/path.ts';
import type { Resource } from '../engine/resource.ts';
import { inherits } from '../engine/traits.ts';
import { type Fields, isFields, isList, isLiveSecret, type Json, type Value } from '../engine/value.ts';
import type { World } from '../engine/world.ts';
import { LabError } from '../errors.ts';

/** One field and the value that a stranger gives it; undefined takes it away. */
export interface Edit {
  readonly path: Path;
  readonly value: Json | undefined;
}

/** `FIELD=VALUE` or `FIELD=`: the field as plans show it, the value as JSON or else as text. */
export const parseEdit = (text: string): Edit => {
  const at = text.indexOf('=');
  const path = parsePath(text.slice(0, at));
  if (at < 1 || path.length === 0) {
    throw new LabError('BAD_MANIFEST', `"${text}" is not FIELD=VALUE`, {
      next: 'Write the field as a plan shows it, for example description="by hand".',
    });
  }
  const value = text.slice(at + 1);
  return { path, value: value === '' ? undefined : jsonOr(value) };
};

const jsonOr = (text: string): Json => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** Changes an object in the sandbox as somebody else would: without mark, fingerprint or record. */
export const editObject = async (world: World, resource: Resource, edit: Edit): Promise<void> => {
  const facts = world.kinds.get(resource.kind);
  const kind = world.connections.get(providerOf(resource.kind))?.kind(resource.kind);
  if (facts === undefined || kind === undefined) throw new TypeError(`${resource.address} has no connection`);
  const id = facts.identify(resource.parts, resource.spec);
  const live = await kind.read(id, resource.spec);
  if (live.exists !== 'yes') {
    throw new LabError('REJECTED', 'it is not there, so there is nothing to edit', { address: resource.address });
  }
  if (inherits(facts, edit.path, 'secret')) {
    // A kind's write leaves lab's own fingerprint beside a value: that would be no stranger's hand.
    throw new LabError('REJECTED', 'secret values cannot be edited this way', {
      address: resource.address,
      next: 'Start the sandbox with lab sandbox start, and write the value with kubectl or vault.',
    });
  }
  const { value } = edit;
  const seen = Object.fromEntries(Object.entries(live.spec).filter(([field]) => field in resource.spec));
  const spec = withValue(withoutLiveSecrets(seen), edit.path, value);
  if (!isFields(spec)) throw new TypeError('a spec stays a map');
  const mark = live.mark === undefined ? {} : { mark: live.mark };
  const removed = value === undefined ? [formatPath(edit.path)] : [];
  await kind.write({ id, spec, live, ...mark, fingerprints: {}, removed });
};

// What write() is not given it leaves as it is; a value that the API shows is sent again.
const withoutLiveSecrets = (fields: Fields): Fields =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([field, value]): [string, Value][] => {
      if (isLiveSecret(value)) return value.value === undefined ? [] : [[field, value.value]];
      return [[field, isFields(value) ? withoutLiveSecrets(value) : value]];
    }),
  );

const withValue = (into: Value, [head, ...rest]: Path, value: Json | undefined): Value => {
  if (head === undefined) return value ?? null;
  if (isList(into)) return into.map((item, index) => (index === head ? withValue(item, rest, value) : item));
  const fields = isFields(into) ? into : {};
  const { [String(head)]: before, ...others } = fields;
  if (rest.length === 0 && value === undefined) return others;
  return { ...fields, [String(head)]: withValue(before ?? {}, rest, value) };
};
