import { z } from 'zod';
import { defineKind } from '../../src/engine/define-kind.ts';
import { secretValue } from '../../src/engine/fields.ts';
import type { GateState } from '../../src/engine/gate.ts';
import { formatPath } from '../../src/engine/path.ts';
import type { Connection } from '../../src/engine/provider.ts';
import type { DefinedKind, Kind, Live, Probe, Settled, WriteRequest } from '../../src/engine/resource.ts';
import { liveSecret } from '../../src/engine/value.ts';
import { LabError } from '../../src/errors.ts';
import { isSecret, reveal, secret } from '../../src/secrets/secret.ts';

/** One stored object: what a stranger sees and may change. */
export interface Stored {
  spec: Record<string, unknown>;
  mark?: string;
  secrets: Record<string, { value: string; fingerprint?: string; version: number; markedVersion: number }>;
}

/** A server in memory with switches for everything that can go wrong. */
export interface Memory {
  readonly objects: Map<string, Stored>;
  readonly log: string[];
  scope: string;
  gate: GateState;
  /** Addresses (kind/id) whose calls fail. */
  readonly failing: Map<string, LabError>;
  /** Called before each write: throw to play a crash. */
  beforeWrite: (key: string) => void;
  afterWrite: (key: string) => void;
  writes: number;
  /** What probes of an address (kind/id) find. */
  readonly probes: Map<string, Probe>;
  /** Addresses whose writes have not settled. */
  readonly unsettled: Map<string, Settled>;
}

export const newMemory = (): Memory => ({
  objects: new Map(),
  log: [],
  scope: 'cluster-1',
  gate: { state: 'open' },
  failing: new Map(),
  beforeWrite: () => {},
  afterWrite: () => {},
  writes: 0,
  probes: new Map(),
  unsettled: new Map(),
});

const keyOf = (kind: string, id: readonly string[]): string => [kind, ...id].join('/');

const check = (memory: Memory, key: string): void => {
  const error = memory.failing.get(key);
  if (error !== undefined) throw error;
};

const read = async (memory: Memory, key: string): Promise<Live> => {
  check(memory, key);
  const stored = memory.objects.get(key);
  if (stored === undefined) return { exists: 'no' };
  const data = Object.entries(stored.secrets).map(([field, held]) => [
    field,
    liveSecret({
      ...(held.fingerprint === undefined ? {} : { fingerprint: held.fingerprint }),
      moved: held.version !== held.markedVersion,
    }),
  ]);
  const spec = { ...stored.spec, ...(data.length === 0 ? {} : { data: Object.fromEntries(data) }) };
  return {
    exists: 'yes',
    spec,
    outputs: { token: `token-of-${key}` },
    ...(stored.mark === undefined ? {} : { mark: stored.mark }),
  };
};

const write = async (memory: Memory, key: string, request: WriteRequest<Record<string, unknown>>): Promise<void> => {
  check(memory, key);
  memory.beforeWrite(key);
  memory.log.push(`write ${key}`);
  memory.writes += 1;
  const before = memory.objects.get(key);
  const { data, ...rest } = request.spec;
  const spec = Object.fromEntries(
    Object.entries({ ...before?.spec, ...rest }).filter(
      ([field, value]) => value !== null && !request.removed.includes(field),
    ),
  );
  const secrets = { ...before?.secrets };
  for (const [field, value] of Object.entries(typeof data === 'object' && data !== null ? data : {})) {
    if (!isSecret(value)) continue;
    const version = (secrets[field]?.version ?? 0) + 1;
    const fingerprint = request.fingerprints[formatPath(['data', field])];
    secrets[field] = {
      value: reveal(value),
      version,
      markedVersion: version,
      ...(fingerprint === undefined ? {} : { fingerprint }),
    };
  }
  const mark = request.mark ?? before?.mark;
  memory.objects.set(key, { spec, secrets, ...(mark === undefined ? {} : { mark }) });
  memory.afterWrite(key);
};

const common = <Shape extends z.ZodRawShape>(
  kind: string,
  parts: readonly string[],
  schema: z.ZodObject<Shape>,
): Omit<Kind<Shape, Memory>, 'ownership' | 'mark'> => ({
  kind,
  parts: [parts],
  schema,
  writes: 'merge',
  precondition: 're-read',
  gates: () => ['memory.open'],
  outputs: { token: {} },
  read: (memory, id) => read(memory, keyOf(kind, id)),
  write: (memory, request) => write(memory, keyOf(kind, request.id), { ...request, spec: { ...request.spec } }),
  remove: async (memory, id) => {
    memory.log.push(`remove ${keyOf(kind, id)}`);
    memory.writes += 1;
    memory.objects.delete(keyOf(kind, id));
  },
  release: async (memory, id) => {
    memory.log.push(`release ${keyOf(kind, id)}`);
    memory.writes += 1;
  },
});

const words = z.strictObject({
  size: z.number().optional(),
  colour: z.string().nullable().optional(),
  shape: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  data: z.record(z.string(), secretValue()).optional(),
});

/** memory.box/NAME: owned, carries a mark, may hold secrets. */
export const box = defineKind({
  ...common('memory.box', ['name'], words),
  fields: {
    'data.*': { secret: true },
    colour: { reference: true },
    shape: { immutable: true },
    size: { unset: 0 },
  },
  identify: (parts) => parts.map((part) => part.toLowerCase()),
  ownership: 'whole',
  mark: 'own',
  protect: 'what it holds is gone with it',
  value: async (memory, id, property = '') => {
    check(memory, `value ${keyOf('memory.box', id)}`);
    const held = memory.objects.get(keyOf('memory.box', id))?.secrets[property];
    return held === undefined ? undefined : secret(held.value);
  },
  settled: async (memory, id) => memory.unsettled.get(keyOf('memory.box', id)) ?? { state: 'done' },
  verify: async (memory, id) => {
    const key = keyOf('memory.box', id);
    check(memory, `probe ${key}`);
    const probe = memory.probes.get(key);
    return probe === undefined ? [] : [probe];
  },
  irreversible: (_, { shape }) => (shape === 'pyramid' ? 'a pyramid stands for ever' : undefined),
});

/** memory.part/BOX/NAME: lives in a box and takes its mark. */
export const part = defineKind({
  ...common('memory.part', ['box', 'name'], words),
  ownership: 'whole',
  mark: 'parent',
  parent: ([of = '']) => `memory.box/${of}`,
});

/** memory.share/NAME: somebody else's object that lab contributes fields to. */
export const share = defineKind({ ...common('memory.share', ['name'], words), ownership: 'fields', mark: 'own' });

/** All kinds of the memory provider. */
export const memoryKinds: readonly DefinedKind<Memory>[] = [box, part, share];

/** A connection to a memory server. */
export const connectMemory = (memory: Memory): Connection => ({
  scope: async () => memory.scope,
  describe: async () => `memory ${memory.scope}`,
  gate: async () => memory.gate,
  kind: (name) => {
    const found = memoryKinds.find(({ kind }) => kind === name);
    if (found === undefined) throw new LabError('BAD_MANIFEST', `no kind ${name}`);
    return found.bind(memory);
  },
  offers: {},
  writes: () => memory.writes,
  close: async () => {},
});

/** A field of a stored object, for a stranger's hand. */
export const tamper = (memory: Memory, key: string, fields: Record<string, unknown>): void => {
  const stored = memory.objects.get(key);
  if (stored === undefined) throw new Error(`${key} is not there`);
  Object.assign(stored.spec, fields);
};
