import { parseAddress, providerOf } from '../../src/engine/address.ts';
import { apply } from '../../src/engine/apply.ts';
import type { Plan } from '../../src/engine/change.ts';
import type { Event } from '../../src/engine/event.ts';
import type { ApplyOptions, ApplyResult } from '../../src/engine/outcome.ts';
import { makePlan } from '../../src/engine/plan.ts';
import type { Connection } from '../../src/engine/provider.ts';
import type { KindFacts, Ownership, Resource } from '../../src/engine/resource.ts';
import type { Fields } from '../../src/engine/value.ts';
import type { PlanOptions, SecretDesk, World } from '../../src/engine/world.ts';
import { reveal } from '../../src/secrets/secret.ts';
import type { StateStore } from '../../src/state/store.ts';

/** A resource as the manifest would make it, written at a line of its own. */
export const resource = (
  address: string,
  spec: Fields,
  more: { ownership?: Ownership; dependsOn?: readonly string[]; line?: number } = {},
): Resource => {
  const { kind, parts } = parseAddress(address);
  return {
    address,
    kind,
    parts,
    spec,
    ownership: more.ownership ?? 'owned',
    dependsOn: more.dependsOn ?? [],
    origin: { file: 'lab.yaml', line: more.line ?? 1, col: 1, path: `resources.${address}` },
  };
};

/** Sources come from a map of environment variables; fingerprints are readable, so that a test can see what moved. */
export const deskFrom = (
  env: Readonly<Record<string, string>>,
  secretOf: (value: string) => ReturnType<SecretDesk['resolve']>,
): SecretDesk => ({
  resolve: async ({ source }) => {
    if (source.from === 'generate') return secretOf('generated-value-1');
    const value = source.from === 'env' ? env[source.name] : undefined;
    return value === undefined ? undefined : secretOf(value);
  },
  fingerprint: (installation, subject, field, value) =>
    `v1:test:${Buffer.from(`${installation}|${subject}|${field}|${reveal(value).length}|${checksum(reveal(value))}`).toString('base64url')}`,
  knowsKey: (fingerprint) => fingerprint.startsWith('v1:test:'),
});

const checksum = (text: string): number => Buffer.from(text).reduce((sum, byte) => (sum * 31 + byte) % 1_000_003, 7);

/** Default options of a plan over everything. */
export const planOptions: PlanOptions = {
  mode: 'apply',
  targets: [],
  excludes: [],
  adopt: [],
  parallelism: 8,
};

/** What a bench makes worlds of. */
export interface Bench {
  readonly kinds: readonly KindFacts[];
  readonly connections: readonly Connection[];
  readonly store: StateStore;
  readonly desk: SecretDesk;
  readonly name?: string;
  readonly environment?: string;
  readonly expects?: Readonly<Record<string, string>>;
}

/** The world of a bench with these resources and the state as it is now. */
export const worldOf = async (bench: Bench, resources: readonly Resource[]): Promise<World> => ({
  owner: { name: bench.name ?? 'test', environment: bench.environment ?? 'unit' },
  resources,
  kinds: new Map(bench.kinds.map((kind) => [kind.kind, kind])),
  connections: new Map(bench.connections.map((connection, index) => [providerName(bench.kinds, index), connection])),
  sandbox: false,
  secrets: bench.desk,
  state: await bench.store.load(),
  expects: bench.expects ?? {},
  inputs: 'inputs',
  toolVersion: '0.0.0',
  now: () => '2026-01-01T00:00:00.000Z',
  diagnostics: [],
});

const providerName = (kinds: readonly KindFacts[], index: number): string =>
  [...new Set(kinds.map(({ kind }) => providerOf(kind)))][index] ?? '';

/** Plans these resources. */
export const plan = async (
  bench: Bench,
  resources: readonly Resource[],
  options: Partial<PlanOptions> = {},
): Promise<Plan> => makePlan(await worldOf(bench, resources), { ...planOptions, ...options }, () => {});

/** Plans and applies these resources, as `lab apply --auto-approve` does. */
export const applyAll = async (
  bench: Bench,
  resources: readonly Resource[],
  options: Partial<ApplyOptions> = {},
): Promise<ApplyResult & { plan: Plan; events: Event[] }> => {
  const events: Event[] = [];
  const first = await plan(bench, resources, options);
  const session = await bench.store.open('apply', first.owner.installation);
  const world = { ...(await worldOf(bench, resources)), state: session.state };
  const result = await apply(
    world,
    first,
    {
      ...planOptions,
      wait: undefined,
      allowDataLoss: false,
      allowIrreversible: new Set(),
      approve: async () => false,
      signal: new AbortController().signal,
      ...options,
    },
    session,
    (event) => events.push(event),
  );
  await session.close();
  return { ...result, plan: first, events };
};
