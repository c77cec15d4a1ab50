import { providerOf } from '../engine/address.ts';
import { otherScope } from '../engine/expected-scope.ts';
import type { Keeper, Mailbox, Offers, OnlyPort, OwnObjects, Ports } from '../engine/ports.ts';
import type { ConnectContext, Connection } from '../engine/provider.ts';
import { takenFrom } from '../engine/stored.ts';
import type { SecretDesk, World } from '../engine/world.ts';
import { LabError, writtenAt } from '../errors.ts';
import type { Expanded, KeptFingerprints } from '../manifest/expanded.ts';
import { withRightsForRemoval } from '../manifest/settle/own-rights.ts';
import { kindsOf, offeredBy, providers } from '../providers/index.ts';
import type { Secret } from '../secrets/secret.ts';
import { keyInCluster } from '../state/cluster/kept-key.ts';
import { type KeyHome, keyInStore } from '../state/key-home.ts';
import type { State } from '../state/store.ts';
import type { Ground, Manner, Surroundings } from './ground.ts';
import { runLink } from './run-link.ts';
import { runningDesk } from './run-values.ts';
import { deskOverStores } from './store-sources.ts';
import { surroundingsOf } from './surroundings.ts';
import { askingDesk } from './typed-values.ts';

/** What systems are connected for. */
export interface Opening extends Ground {
  readonly signal: AbortSignal;
  /** Where waits end before calls do; default: together. */
  readonly stopping?: AbortSignal;
  /** Whether programs that values come from may be run. Default: no. */
  readonly allowExec?: boolean;
}

/** What single systems can be opened with, for who needs neither a plan nor all of them; closed after `work`. */
export const withContext = async <Result>(
  opening: Opening,
  work: (given: { readonly manifest: Expanded; readonly context: ConnectContext }) => Promise<Result>,
): Promise<Result> => {
  const around = await surroundingsOf(opening);
  const connector = connectorFor(opening, around);
  try {
    return await work({ manifest: around.manifest, context: connector.context });
  } finally {
    await connector.close();
    await around.close();
  }
};

/** The systems of a run: nothing is connected, and no sandbox started, before it is asked for. */
export interface Systems {
  /** What lab keeps its state in, in the cluster. Throws GUARD if the manifest expects another cluster. */
  ownObjects(): Promise<OwnObjects>;
  /** Connects what the manifest and the state name; `writes` under the lock, where the key of the fingerprints may be made. */
  world(state: State | undefined, manner: Manner): Promise<World>;
}

/** Hands the systems to `work`, and closes every connection after it. */
export const withSystems = async <Result>(
  opening: Opening,
  work: (systems: Systems) => Promise<Result>,
): Promise<Result> => {
  let starting: Promise<Started> | undefined;
  const started = (): Promise<Started> => {
    starting ??= start(opening);
    return starting;
  };
  try {
    return await work({
      ownObjects: async () => ownObjectsOf(await started()),
      world: async (state, manner) => worldOf(opening, await started(), state, manner),
    });
  } finally {
    // One that did not start has told its reason already.
    const running = await starting?.catch(() => undefined);
    await running?.connector.close();
    await running?.around.close();
  }
};

interface Started {
  readonly around: Surroundings;
  readonly connector: ReturnType<typeof connectorFor>;
}

const start = async (opening: Opening): Promise<Started> => {
  const around = await surroundingsOf(opening);
  return { around, connector: connectorFor(opening, around) };
};

/** What lab keeps of its own goes nowhere but where the manifest expects it. */
const expectedConnection = async ({ around, connector }: Started, provider: string): Promise<Connection> => {
  const connection = await connector.connect(provider);
  const expected = around.manifest.expects[provider];
  if (expected !== undefined) {
    const scope = await connection.scope();
    if (scope !== expected) throw otherScope(provider, scope, expected);
  }
  return connection;
};

const keyHomeOf = async (started: Started, place: KeptFingerprints): Promise<KeyHome> => {
  if (place.in === 'secret') return keyInCluster(await ownObjectsOf(started), place);
  const { keeper } = (await expectedConnection(started, place.keeper)).offers;
  if (keeper === undefined) throw new TypeError(`${place.keeper} does not offer a keeper`);
  return keyInStore(keeper(place.place), place.key);
};

const ownObjectsOf = async (started: Started): Promise<OwnObjects> => {
  const { ownObjects } = (await expectedConnection(started, 'kubernetes')).offers;
  if (ownObjects === undefined) throw new TypeError('kubernetes does not offer its own objects');
  return ownObjects;
};

const worldOf = async (
  opening: Opening,
  started: Started,
  state: State | undefined,
  manner: Manner,
): Promise<World> => {
  const { around, connector } = started;
  const { host, sandbox } = opening;
  const { manifest } = around;
  const learn = (value: Secret): void => host.redactor.add(value);
  const desk = deskFor(
    opening,
    manifest.folder,
    await around.desk(manner, (place) => keyHomeOf(started, place)),
    learn,
  );
  const names = neededProviders(manifest, state);
  const kinds = kindsOf(providers);
  return {
    owner: { name: manifest.name, environment: manifest.environment },
    resources: withRightsForRemoval(manifest.resources, kinds, manifest.computed, state?.records ?? []),
    kinds,
    connections: new Map(await Promise.all(names.map(async (name) => [name, await connector.connect(name)] as const))),
    sandbox,
    secrets: deskOverStores(desk, { kinds, connect: connector.connect, learn }),
    state,
    expects: manifest.expects,
    inputs: manifest.inputs,
    toolVersion: host.toolVersion,
    now: () => new Date().toISOString(),
    diagnostics: manifest.diagnostics,
  };
};

/** Nobody is asked and nothing is run for a plan, nor in the sandbox. */
const deskFor = (
  { host, sandbox, readOnly, allowExec = false, signal }: Opening,
  folder: string,
  desk: SecretDesk,
  learn: (value: Secret) => void,
): SecretDesk => {
  if (sandbox || readOnly) return desk;
  const asking = askingDesk(desk, { prompt: host.askHidden, learn });
  return runningDesk(asking, { allowed: allowExec, folder, env: host.env, signal, learn });
};

// Providers of resources and records, those that offer what these need, and those whose gates they stand behind; only
// what the manifest says how to reach.
const neededProviders = (manifest: Expanded, state: State | undefined): string[] => {
  const kinds = kindsOf(providers);
  const gates = [
    ...manifest.resources.flatMap(({ kind, parts, spec }) => {
      const facts = kinds.get(kind);
      return facts?.gates(facts.identify(parts, spec), spec) ?? [];
    }),
    ...(state?.records ?? []).flatMap(({ kind, id }) => kinds.get(kind)?.gates(id, {}) ?? []),
  ];
  const taken = manifest.resources.flatMap(({ spec }) => takenFrom(spec));
  const named = [
    ...taken.map(({ address }) => providerOf(address)),
    ...[...manifest.resources, ...(state?.records ?? [])].map(({ kind }) => providerOf(kind)),
    ...gates.map(providerOf),
  ];
  const offering = providers
    .filter(({ name }) => named.includes(name))
    .flatMap(({ needs }) => needs.map((port) => offeredBy[port]));
  const needed = new Set([...named, ...offering]);
  return providers.map(({ name }) => name).filter((name) => needed.has(name) && name in manifest.connections);
};

/** One connection a provider, made when it is first asked for: by the world, or by another provider through a port. */
const connectorFor = (
  { readOnly, signal, stopping = signal, host }: Pick<Opening, 'readOnly' | 'signal' | 'stopping' | 'host'>,
  { manifest, env, read }: Surroundings,
) => {
  const opened = new Map<string, Promise<Connection>>();
  const connect = (name: string): Promise<Connection> => {
    const connection = opened.get(name) ?? open(name);
    opened.set(name, connection);
    return connection;
  };
  const open = async (name: string): Promise<Connection> => {
    const provider = providers.find((candidate) => candidate.name === name);
    if (provider === undefined || !(name in manifest.connections)) {
      throw new LabError('BAD_MANIFEST', `the manifest does not say how to reach ${name}`, {
        next: `Add it under connections.${name}.`,
      });
    }
    try {
      return await provider.connect(manifest.connections[name], context);
    } catch (error) {
      throw error instanceof LabError ? placed(error, manifest.connectionsAt[name]) : error;
    }
  };
  const offered = async <Port extends OnlyPort>(port: Port): Promise<NonNullable<Offers[Port]>> => {
    const offer = (await connect(offeredBy[port])).offers[port];
    if (offer === undefined) throw new TypeError(`${offeredBy[port]} does not offer ${port}`);
    return offer;
  };
  const keeper = async (name: string, place: string): Promise<Keeper> => {
    const offer = (await connect(name)).offers.keeper;
    if (offer === undefined) throw new TypeError(`${name} does not offer a keeper`);
    return offer(place);
  };
  const mailbox = async (name: string, place: string, secret: string): Promise<Mailbox> => {
    const offer = (await connect(name)).offers.mailbox;
    if (offer === undefined) throw new TypeError(`${name} does not offer a mailbox`);
    return offer(place, secret);
  };
  const ports: Ports = {
    objects: () => offered('objects'),
    tokens: () => offered('tokens'),
    tunnel: () => offered('tunnel'),
    aks: () => offered('aks'),
    eks: () => offered('eks'),
    keeper,
    mailbox,
  };
  const run = runLink(host.env);
  const context: ConnectContext = {
    readOnly,
    ports,
    env,
    ...(run === undefined ? {} : { run }),
    resolve: read,
    signal,
    stopping,
    ...(host.askHidden === undefined ? {} : { prompt: host.askHidden }),
  };
  const close = async (): Promise<void> => {
    const connections = [...opened.values()].map(async (connection) => (await connection).close());
    // One that never opened has told its reason already.
    await Promise.allSettled(connections);
  };
  return { connect, context, close };
};

const placed = (error: LabError, at: string | undefined): LabError =>
  at === undefined || error.detail.at !== undefined ? error : writtenAt(error, at);
