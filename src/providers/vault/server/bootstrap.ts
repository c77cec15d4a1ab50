import { pause } from '../../../engine/pause.ts';
import type { Keeper } from '../../../engine/ports.ts';
import { LabError } from '../../../errors.ts';
import type { Secret } from '../../../secrets/secret.ts';
import type { Reach } from '../reach.ts';
import { openAgeKeys } from './age-keys.ts';
import { fileKeeper } from './age-place.ts';
import { type SealStatus, type ServerApi, serverAt } from './api.ts';
import { type Candidate, type Escrow, openEscrow } from './escrow.ts';
import type { EscrowRecord, SharesAnswer } from './escrow-entries.ts';
import { factsOf, recordOf, type VaultFacts } from './escrow-record.ts';
import type { Generation, Held } from './generation.ts';
import { initRequest, sharesAnswer } from './handing-out.ts';
import type { InitConfig, Place } from './init-config.ts';
import { type RekeyApi, rekeyAt } from './rekey-api.ts';
import { keysUnknown, type Standing, standingOf } from './standing.ts';
import { openTypedShares, type Prompt, type TypedShare, type TypedShares } from './typed-shares.ts';
import { type Attempts, type ShareSource, unseal } from './unseal.ts';
import type { Author } from './whose.ts';

/** What brings a Vault from empty storage into service. */
export interface Bootstrap {
  readonly config: InitConfig;
  readonly escrow: Escrow;
  /** Each server; the first is the one that is initialised. */
  servers(): Promise<readonly [ServerApi, ...ServerApi[]]>;
  /** The calls for new shares. */
  readonly rekey: RekeyApi;
  /** What Vault and escrow say together. Throws GUARD where they disagree. */
  standing(): Promise<Standing>;
  /** The statuses of all servers, those that answer. */
  statuses(): Promise<readonly SealStatus[]>;
  /** Makes keys, initialises, and keeps the answer. Throws CONFLICT if somebody else was first. */
  initialise(): Promise<void>;
  /** From the answer on: shares to their custodians, unsealed if lab is to, and the escrow closed. */
  complete(unsealing: boolean, waiting?: (because: string) => void): Promise<void>;
  /** The shares of each generation that may open Vault: store by store as `read` has it, then those that people type. */
  generations(read: ReadHeld): Promise<readonly Attempts[]>;
  /** What people type, where they are asked. */
  readonly typed: TypedShares | undefined;
  /** Whose run this is. */
  readonly author: Author;
  /** What a Vault that is unsealed says of itself. */
  facts(): Promise<VaultFacts>;
  /** The root token, if this run or an earlier one holds it still: from memory, or out of the escrow. */
  root(): Promise<Secret | undefined>;
  /** That of this run, without asking the escrow. */
  rootAtHand(): Secret | undefined;
  /** Whether a copy of the root token is left. */
  hasRoot(): Promise<boolean>;
  /** Root is about to end: no login takes it any more. */
  retireRoot(): void;
  /** Root is dead: its copies go. */
  forgetRoot(): Promise<void>;
  /** Requests to servers so far that may have changed something. */
  writes(): number;
}

/** Reads what a store keeps; undefined for one that is gone on without. */
export type ReadHeld = (generation: Generation, store: Place) => Promise<Held | undefined>;

/** What openBootstrap() needs. */
export interface BootstrapOptions {
  readonly config: InitConfig;
  readonly reach: Reach;
  readonly keeper: (provider: string, place: string) => Promise<Keeper>;
  readonly prompt: Prompt | undefined;
  /** The file with the age identities of who runs lab. */
  readonly ageIdentity: string | undefined;
  readonly author: Author;
  /** Ends what is only waited for. */
  readonly stopping: AbortSignal;
}

const serviceMs = 60_000;
// What its StatefulSet still owes by then, a later run finds sealed.
const owedMs = 180_000;

/** Opens nothing yet. */
export const openBootstrap = ({
  config,
  reach,
  keeper,
  prompt,
  ageIdentity,
  author,
  stopping,
}: BootstrapOptions): Bootstrap => {
  const keeperOf = async (place: Place): Promise<Keeper> =>
    place.keeper === 'age' ? fileKeeper(place, config.prefix) : keeper(place.keeper, place.place);
  const escrow = openEscrow(config, keeperOf, openAgeKeys(ageIdentity));
  const servers = async (): Promise<readonly [ServerApi, ...ServerApi[]]> => {
    const [first, ...others] = await reach.servers();
    return [serverAt(first, reach), ...others.map((address) => serverAt(address, reach))];
  };
  const main = async (): Promise<ServerApi> => (await servers())[0];
  const mainStatus = async (): Promise<SealStatus> => (await main()).status();
  let inMemory: Secret | undefined;
  let retired = false;
  let writes = 0;

  const typed = config.prompt === true ? openTypedShares(prompt, config.address) : undefined;
  const generations = async (read: ReadHeld): Promise<readonly Attempts[]> =>
    (await escrow.candidates()).map((candidate) => ({
      of: candidate.of,
      shares: (attempt) => sharesFrom(candidate, read, typed?.of(attempt)),
    }));

  const root = async (): Promise<Secret | undefined> => {
    if (inMemory !== undefined) return inMemory;
    const answer = await escrow.first.answer();
    inMemory = answer === undefined ? undefined : await escrow.first.root(answer);
    return inMemory;
  };

  /** Vault may have been initialised by a call that it refused: it looks at the key of the root token last. */
  const afterRefusal = async (error: unknown): Promise<never> => {
    throw error instanceof LabError && (await mainStatus()).initialized ? keysUnknown(config) : error;
  };

  const initialise = async (): Promise<void> => {
    const keys = await escrow.first.publicKeys();
    writes += 1;
    const server = await main();
    const result = await server.init(initRequest(config, keys)).catch((error: unknown) => afterRefusal(error));
    switch (result.is) {
      case 'taken':
        throw new LabError('CONFLICT', `somebody else initialised Vault at ${config.address} just before`, {
          next: 'It is theirs to finish. If that was another run of lab, apply again when it has ended.',
        });
      case 'lost':
        throw (await mainStatus()).initialized
          ? keysUnknown(config)
          : new LabError('UNREACHABLE', `sys/init at ${server.address} got no answer (${result.code})`);
      case 'done':
        await escrow.first.keepAnswer({
          ...sharesAnswer(config, result.shares, { keys, author }),
          rootToken: result.rootToken,
        });
        await root();
    }
  };

  const distributed = async (answer: SharesAnswer): Promise<EscrowRecord['custodians']> => {
    try {
      return await escrow.first.distribute(answer);
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      const safe = `What init answered is kept, encrypted, in ${config.answerFile} or in the first store: apply goes on from there.`;
      throw new LabError(error.code, error.message, {
        ...error.detail,
        next: [error.detail.next ?? '', safe].join(' ').trim(),
      });
    }
  };

  const untilUnsealed = async (server: ServerApi, shares: readonly Attempts[]): Promise<void> => {
    const until = performance.now() + serviceMs;
    for (;;) {
      const before = await server.status().catch(unlessUnreachable);
      if (before === undefined && performance.now() < until) {
        // A pod runs a moment before the server in it does.
        await pause(500, stopping);
        continue;
      }
      if (before?.sealed === true) writes += 1;
      const status = await unseal(server, shares, () => {});
      if (!status.sealed) return;
      if (status.initialized) throw tooFew(server, status);
      // A server that joins a raft cluster becomes initialised a moment after the first is in service.
      if (performance.now() > until) throw notJoined(server);
      await pause(500, stopping);
    }
  };

  /** Undefined as well once a rekey has put other shares in the place of its own. */
  const answerOfInit = async (): Promise<SharesAnswer | undefined> => {
    const answer = await escrow.first.answer();
    return answer !== undefined && (await escrow.chain()).current.number === 1 ? answer : undefined;
  };

  /** Those that run, and then those that come only once these are in service: a StatefulSet may bring them one by one. */
  const unsealAll = async (waiting: (because: string) => void): Promise<void> => {
    const shares = await generations(async (generation, store) =>
      (await generation.isOpenable(store)) ? generation.held(store) : undefined,
    );
    const unsealed = new Set<string>();
    let until = 0;
    for (;;) {
      const owed = await reach.owed();
      const fresh = (await servers()).filter(({ address }) => !unsealed.has(address));
      await Promise.all(fresh.map((server) => untilUnsealed(server, shares)));
      for (const { address } of fresh) unsealed.add(address);
      if (fresh.length > 0) until = performance.now() + owedMs;
      else if (owed.length === 0 || performance.now() > until) return;
      else {
        waiting(`${owed.join(', ')} of its StatefulSet ${owed.length === 1 ? 'is' : 'are'} still to come`);
        await pause(500, stopping);
      }
    }
  };

  const facts = async (): Promise<VaultFacts> => {
    const until = performance.now() + serviceMs;
    for (;;) {
      const status = await mainStatus();
      if (status.cluster_id !== undefined) return factsOf(status, status.cluster_id, await (await main()).health());
      if (performance.now() > until)
        throw new LabError('NOT_SETTLED', `Vault at ${config.address} is unsealed and does not tell its cluster id`);
      await pause(100, stopping);
    }
  };

  return {
    config,
    escrow,
    servers,
    generations,
    typed,
    rekey: rekeyAt(servers, reach, config.seal),
    author,
    facts,
    root,
    rootAtHand: () => (retired ? undefined : inMemory),
    retireRoot: () => {
      retired = true;
    },
    writes: () => writes,
    initialise,
    standing: async () => standingOf(await mainStatus(), escrow, config),
    statuses: async () => Promise.all((await servers()).map((server) => server.status())),
    complete: async (unsealing, waiting = () => {}) => {
      const answer = await answerOfInit();
      const custodians = answer === undefined ? undefined : await distributed(answer);
      if (unsealing) await unsealAll(waiting).finally(() => typed?.wipe());
      if (answer === undefined || custodians === undefined || (await mainStatus()).sealed) return;
      await escrow.first.keepEnd(recordOf(answer, custodians, { ...(await facts()), author }));
    },
    hasRoot: async () => (await escrow.first.answer()) !== undefined,
    forgetRoot: async () => {
      inMemory = undefined;
      await escrow.first.dropAnswer();
    },
  };
};

async function* sharesFrom(
  { generation, holders }: Candidate,
  read: ReadHeld,
  typed: AsyncGenerator<TypedShare> | undefined,
): ShareSource {
  for (const store of holders.stores) {
    const held = await read(generation, store);
    if (held !== undefined) yield held;
  }
  if (typed !== undefined) yield* typed;
}

const unlessUnreachable = (error: unknown): undefined => {
  if (!(error instanceof LabError) || error.code !== 'UNREACHABLE') throw error;
  return undefined;
};

const tooFew = (server: ServerApi, { progress, t }: SealStatus): LabError =>
  new LabError(
    'NOT_SETTLED',
    `${server.address} is still sealed: the stores of the escrow gave ${progress} of ${t} shares`,
    {
      next: `The others are with people: each decrypts theirs and gives it with: VAULT_ADDR=${server.address} vault operator unseal`,
    },
  );

const notJoined = ({ address }: ServerApi): LabError =>
  new LabError('NOT_SETTLED', `${address} did not join the cluster: it is not initialised yet`, {
    next: 'Check its retry_join, and that it reaches the first server; then apply again.',
  });
