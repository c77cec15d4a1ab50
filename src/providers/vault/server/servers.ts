import { join } from 'node:path';
import type { ConnectContext } from '../../../engine/provider.ts';
import { LabError } from '../../../errors.ts';
import { checkConfig } from '../config.ts';
import type { DrillOptions } from '../drill/drill.ts';
import { openLogin } from '../login/login.ts';
import { differenceOf, type Product, productOf } from '../product.ts';
import { openReach } from '../reach.ts';
import { type ServerApi, serverAt } from './api.ts';
import { type Bootstrap, openBootstrap } from './bootstrap.ts';
import { heldOrRemarked, holdersAsked } from './holders.ts';
import { readRecord } from './record.ts';
import { rekey } from './rekey.ts';
import { lookBeforeRekey, readyForRekey } from './rekey-look.ts';
import { raftServer, readSnapshot, saveSnapshot } from './snapshot.ts';
import { type Remark, unseal } from './unseal.ts';
import { authorOf } from './whose.ts';

/** What a drill is asked for: a snapshot's file, or a new one. */
type Drilling = Pick<DrillOptions, 'network' | 'env' | 'canary' | 'say'> & {
  /** Undefined: that of the product, on PATH. */
  readonly program: string | undefined;
  readonly file: string | undefined;
};

/** The servers of a Vault and its escrow, for who needs them without anything else: no login, no plan, no state. */
export const openServers = async (given: unknown, context: ConnectContext) => {
  const config = checkConfig(given, context.env);
  const { signal, stopping } = context;
  const reach = await openReach(config, context);
  const bootstrap =
    config.init === undefined
      ? undefined
      : openBootstrap({
          config: config.init,
          reach,
          keeper: context.ports.keeper,
          prompt: context.prompt,
          stopping,
          ageIdentity: context.env['LAB_AGE_IDENTITY'],
          author: authorOf(context.run),
        });
  const escrowed = (): Bootstrap => bootstrap ?? noEscrow(config.address);
  const serversNow = async () => (await reach.servers()).map((address) => serverAt(address, reach));
  const loginAt = (address: string) =>
    openLogin(config.login.apply, { address, transport: reach.transport, context, signal });
  // Where none answers, as for whom a drill may be in earnest, the manifest may say.
  const productNow = async (): Promise<Product> => {
    const healths = await Promise.all((await serversNow()).map((server) => server.health()));
    const [body] = healths.flatMap((health) => ('body' in health ? [health.body] : []));
    if (body !== undefined) return productOf(body);
    return config.product === 'openbao' ? 'openbao' : 'vault';
  };
  const takeSnapshot = async (file: string) => {
    const server = await raftServer(await serversNow());
    const bulk = await reach.bulk();
    try {
      const { cluster_id: clusterId = '', version } = await server.status();
      const taken = await saveSnapshot(server, await loginAt(server.address).token(), { bulk, file });
      return { ...taken, address: server.address, clusterId, version, takenAt: new Date().toISOString() };
    } finally {
      await bulk.close();
    }
  };
  return {
    /** Each server, the escrow, and what is wrong between them. Never throws for a server or a store that does not answer. */
    look: async () => ({
      servers: await Promise.all((await serversNow()).map(lookAt)),
      escrow: bootstrap === undefined ? [] : await lookAtEscrow(bootstrap),
      ...(await problemOf(bootstrap)),
    }),
    /** Gives every sealed server the shares that the stores keep, and those that people type where they are to. A store that cannot be read is remarked, and gone on without. */
    unseal: async (remark: Remark) => {
      await escrowed().standing();
      const shares = await escrowed().generations((generation, store) => heldOrRemarked(generation, store, remark));
      // All at once: the servers of one raft cluster need each other to come into service.
      const all = (await serversNow()).map((server) => unseal(server, shares, remark));
      await Promise.all(all).finally(() => escrowed().typed?.wipe());
    },
    /** Who has been given what, as the escrow has it on record. Asks Vault nothing. */
    record: () => readRecord(escrowed()),
    /** What a rekey would do. */
    lookBeforeRekey: (deleteOld: boolean, remark: Remark) => lookBeforeRekey(escrowed(), deleteOld, remark),
    /** New shares for the custodians of the manifest. */
    rekey: async (deleteOld: boolean, remark: Remark) => {
      const chain = await readyForRekey(escrowed());
      return rekey({ bootstrap: escrowed(), chain, deleteOld, remark }).finally(() => escrowed().typed?.wipe());
    },
    /** A snapshot of raft in a new file. */
    snapshot: takeSnapshot,
    /** Whether a snapshot and the escrow bring Vault back. */
    drill: async (asked: Drilling) => {
      const [{ drill }, { readCanary }] = await Promise.all([
        import('../drill/drill.ts'),
        import('../drill/canary.ts'),
      ]);
      return drill({
        ...asked,
        program: asked.program ?? differenceOf('program', await productNow()),
        bootstrap: escrowed(),
        signal,
        snapshot: (folder) =>
          asked.file === undefined ? takeSnapshot(join(folder, 'new.snap')) : readSnapshot(asked.file),
        live: async (canary) =>
          readCanary(config.address, reach.transport, await loginAt(config.address).token(), canary),
      });
    },
    close: () => reach.transport.close(),
  };
};

const noEscrow = (address: string): never => {
  throw new LabError('BAD_MANIFEST', 'the manifest does not say who keeps the shares of this Vault', {
    next: `It has no vault.init. Who has shares gives them with: VAULT_ADDR=${address} vault operator unseal`,
  });
};

const lookAt = async (server: ServerApi) => {
  const { address } = server;
  const health = await server.health();
  switch (health.class) {
    case 'absent':
      return { address, state: 'unreachable', because: health.because } as const;
    case 'barred':
      return { address, state: 'unreachable', because: health.by.message } as const;
    case 'other':
      return { address, state: 'unreachable', because: health.because } as const;
    case 'sealed': {
      const { progress, t } = await server.status();
      return { address, state: 'sealed', version: health.body.version, given: progress, threshold: t } as const;
    }
    case 'uninitialised':
    case 'standby':
    case 'active':
      return { address, state: health.class, version: health.body.version } as const;
  }
};

const lookAtEscrow = async ({ config, escrow }: Bootstrap) => {
  const [current] = await escrow.candidates();
  const { generation, holders } = current ?? { generation: escrow.first, holders: holdersAsked(config) };
  const stores = holders.stores.map(async (store) => {
    const { name, shares } = store;
    try {
      const where = await escrow.whereIs(store);
      // Whose identity is not at hand is a person.
      if (!(await generation.isOpenable(store))) return { custodian: name, shares, where } as const;
      const held = await generation.held(store);
      return { custodian: name, shares, where, readable: held.shares.length } as const;
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      return { custodian: name, shares, because: error.message } as const;
    }
  });
  const people = holders.people.map((person) => ({
    custodian: person.name,
    shares: person.shares,
    where: generation.personFile(person),
  }));
  return [...(await Promise.all(stores)), ...people];
};

const problemOf = async (bootstrap: Bootstrap | undefined) => {
  try {
    await bootstrap?.standing();
    return {};
  } catch (error) {
    // Who does not answer is told of above.
    if (!(error instanceof LabError) || error.code !== 'GUARD') return {};
    return {
      problem: {
        code: error.code,
        message: error.message,
        ...(error.detail.next === undefined ? {} : { next: error.detail.next }),
      },
    };
  }
};
