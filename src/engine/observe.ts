import pLimit from 'p-limit';
import { LabError } from '../errors.ts';
import { providerOf } from './address.ts';
import { brokenGate, type GateState } from './gate.ts';
import type { Node } from './node.ts';
import type { Connection } from './provider.ts';
import { readTogether } from './read-together.ts';
import type { Live } from './resource.ts';
import type { Fields } from './value.ts';
import type { World } from './world.ts';

/** One look at one object, with the reason where it could not be had. */
export type Sight =
  | { readonly is: 'seen'; readonly scope: string; readonly live: Live }
  | { readonly is: 'gated'; readonly gate: string; readonly because: string }
  /** `error` is the root cause; others with the same cause only name it. */
  | { readonly is: 'refused'; readonly error: LabError };

/** Which system stands behind a provider now, or why that cannot be told. */
export type Place = { readonly is: 'located'; readonly scope: string } | Exclude<Sight, { is: 'seen' }>;

/** Reads of one run: bounded per provider, gates and scopes asked once. */
export interface Observer {
  /** Looks at a node's object. `containerAbsent`: its container is known not to exist, so nothing is asked. */
  look(node: Node, spec: Fields, containerAbsent: boolean): Promise<Sight>;
  /** Looks at an object that only state knows. */
  lookAt(kind: string, id: readonly string[], gates: readonly string[]): Promise<Sight>;
  /** `kind`: where the objects of that kind are, which may be known before the system's own identity is. */
  locate(provider: string, gates: readonly string[], kind?: string): Promise<Place>;
  gate(name: string): Promise<GateState>;
  /** Forgets what was learnt of gates and scopes: apply asks again after each wait. */
  refresh(): void;
  /** Runs a call within the provider's bound. */
  bounded<T>(provider: string, call: () => Promise<T>): Promise<T>;
  connection(provider: string): Connection;
}

/** An observer over the world's connections with at most `parallelism` calls at a time per provider. */
export const observe = (world: World, parallelism: number): Observer => {
  const limits = new Map<string, ReturnType<typeof pLimit>>();
  const gates = new Map<string, Promise<GateState>>();
  const scopes = new Map<string, Promise<string>>();
  const bounded = <T>(provider: string, call: () => Promise<T>): Promise<T> => {
    const limit = limits.get(provider) ?? pLimit(parallelism);
    limits.set(provider, limit);
    return limit(call);
  };
  const connection = (provider: string): Connection => {
    const found = world.connections.get(provider);
    if (found === undefined) throw new LabError('BAD_MANIFEST', `the manifest does not say how to reach ${provider}`);
    return found;
  };
  const readOne = readTogether((kind, call) => bounded(providerOf(kind), call));
  const read = (kind: string, id: readonly string[], spec: Fields) =>
    readOne(kind, connection(providerOf(kind)).kind(kind), id, spec);
  const gate = (name: string) => once(gates, name, () => connection(providerOf(name)).gate(name));
  const scope = (provider: string, kind?: string) =>
    once(scopes, kind ?? provider, () => connection(provider).scope(kind));

  const locate = async (provider: string, gateNames: readonly string[], kind?: string): Promise<Place> => {
    try {
      for (const name of gateNames) {
        const state = await gate(name);
        if (state.state === 'shut') return { is: 'gated', gate: name, because: state.because };
        if (state.state === 'broken') return { is: 'refused', error: brokenGate(state) };
      }
      return { is: 'located', scope: await scope(provider, kind) };
    } catch (error) {
      if (error instanceof LabError) return { is: 'refused', error };
      throw error;
    }
  };

  const look = async (kind: string, gateNames: readonly string[], ask: () => Promise<Live>): Promise<Sight> => {
    const provider = providerOf(kind);
    const place = await locate(provider, gateNames, kind);
    if (place.is !== 'located') return place;
    try {
      return { is: 'seen', scope: place.scope, live: await ask() };
    } catch (error) {
      if (error instanceof LabError) return { is: 'refused', error };
      throw error;
    }
  };

  return {
    look: (node, spec, containerAbsent) =>
      look(node.resource.kind, node.gates, async () =>
        containerAbsent ? { exists: 'no' } : read(node.resource.kind, node.id, spec),
      ),
    lookAt: (kind, id, gateNames) => look(kind, gateNames, () => read(kind, id, {})),
    locate,
    gate,
    refresh: () => {
      gates.clear();
      scopes.clear();
    },
    bounded,
    connection,
  };
};

const once = <T>(memo: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> => {
  const known = memo.get(key) ?? make();
  memo.set(key, known);
  return known;
};
