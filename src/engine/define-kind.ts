import { z } from 'zod';
import { type Finding, findings, ownMessages } from './findings.ts';
import type { DefinedKind, Kind, Normalised, Probe, Spec } from './resource.ts';
import { type Fields, isFields, isList, isReference, type Value } from './value.ts';

/** Whether a value holds a reference anywhere. */
const holdsReference = (value: Value): boolean => {
  if (isReference(value)) return true;
  if (isList(value)) return value.some(holdsReference);
  return isFields(value) && Object.values(value).some(holdsReference);
};

/** A spec's fields that hold no reference, and those that do. */
const splitByReference = (spec: Fields): { known: Fields; open: Fields } => {
  const entries = Object.entries(spec);
  return {
    known: Object.fromEntries(entries.filter(([, value]) => !holdsReference(value))),
    open: Object.fromEntries(entries.filter(([, value]) => holdsReference(value))),
  };
};

/** What a field with a reference takes: what it will hold is only known in the run. */
const ofAnyValue = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, z.unknown()] as const));

const rule = (text: string): Finding => ({ about: 'rule', path: [], text });

// Of what is not lab's own a manifest may state a part, and a probe needs the whole.
const partlyStated: Probe = { is: 'untried', check: 'probe', because: 'the manifest states only a part of it' };

/** Closes a kind over its types, so that the engine can hold kinds of every provider in one list. */
export const defineKind = <Shape extends z.ZodRawShape, Client>(kind: Kind<Shape, Client>): DefinedKind<Client> => {
  const partial = kind.schema.partial();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- zod cannot say that the partial of a generic shape parses to the partial of its spec
  const known = (spec: Fields) => partial.parse(splitByReference(spec).known) as Partial<Spec<Shape>>;
  const normalise = (spec: Fields, extent: 'whole' | 'part' = 'whole'): Normalised => {
    const { known: settledFields, open } = splitByReference(spec);
    const stated = extent === 'whole' ? kind.schema : partial;
    const late = Object.keys(open).filter((name) => name in kind.schema.shape);
    // A schema is costly to make, and most specs hold no reference.
    const schema = late.length === 0 ? stated : stated.extend(ofAnyValue(late));
    const parsed = schema.safeParse(spec, { error: ownMessages, reportInput: true });
    if (!parsed.success) return { ok: false, found: parsed.error.issues.flatMap((issue) => findings(issue)) };
    const complete = extent === 'whole' && Object.keys(open).length === 0;
    const broken = complete ? kind.check?.(kind.schema.parse(settledFields)) : undefined;
    if (broken !== undefined) return { ok: false, found: [rule(broken)] };
    return { ok: true, spec: { ...toFields(parsed.data), ...open } };
  };
  return {
    kind: kind.kind,
    parts: kind.parts,
    schema: kind.schema,
    fields: kind.fields ?? {},
    outputs: kind.outputs ?? {},
    ownership: kind.ownership,
    mark: kind.mark,
    precondition: kind.precondition,
    normalises: kind.normalises ?? false,
    ...(kind.protect === undefined ? {} : { protect: kind.protect }),
    irreversible: (id, spec, live) => kind.irreversible?.(id, known(spec), live),
    identify: (parts, spec) => kind.identify?.(parts, spec) ?? parts,
    parent: (id, spec) => kind.parent?.(id, known(spec)),
    after: (id, spec) => kind.after?.(id, known(spec)) ?? [],
    gates: (id, spec) => kind.gates?.(id, known(spec)) ?? [],
    opens: (id, spec) => kind.opens?.(id, known(spec)) ?? [],
    exclusive: (id) => kind.exclusive?.(id),
    into: (id, spec) => kind.into?.(id, known(spec)),
    rights: (id, spec) => kind.rights?.(id, known(spec)),
    link: (id, spec) => kind.link?.(id, spec),
    normalise,
    bind: (client) => ({
      read: (id, spec) => kind.read(client, id, known(spec)),
      ...(kind.readMany === undefined
        ? {}
        : {
            readMany: async (asked) =>
              (await kind.readMany?.(
                client,
                asked.map(({ id, spec }) => ({ id, spec: known(spec) })),
              )) ?? [],
          }),
      ...(kind.value === undefined ? {} : { value: async (id, property) => kind.value?.(client, id, property) }),
      ...(kind.inventory === undefined
        ? {}
        : { inventory: async (ids) => (await kind.inventory?.(client, ids)) ?? [] }),
      recognises: async (id, fields) => (await kind.recognises?.(client, id, fields)) ?? { is: 'known' },
      write: (request) => kind.write(client, { ...request, spec: kind.schema.parse(request.spec) }),
      settled: async (id, spec) => {
        const whole = kind.schema.safeParse(spec);
        return whole.success ? kind.settled?.(client, id, whole.data) : undefined;
      },
      verify: async (id, spec) => {
        if (kind.verify === undefined) return [];
        const whole = kind.schema.safeParse(spec);
        return whole.success ? kind.verify(client, id, whole.data) : [partlyStated];
      },
      losses: async (id) => kind.losses?.(client, id),
      remove: (id) => kind.remove(client, id),
      remains: async (id) => kind.remains?.(client, id),
      release: async (id) => kind.release?.(client, id),
      keep: async (id) => kind.keep?.(client, id),
    }),
  };
};

/** A parsed spec as fields: optional fields that are not set drop out. */
const toFields = (spec: object): Fields => {
  const set: [string, Value][] = Object.entries(spec).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set);
};
