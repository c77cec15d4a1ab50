import type { ConnectContext } from '../../../engine/resource.ts';
import { LabError } from '../../../errors.ts';
import { checkConfig } from '../config.ts';
import { openReach } from '../reach.ts';
import { type ServerApi, serverAt } from './api.ts';
import { type Bootstrap, openBootstrap } from './bootstrap.ts';
import type { Held } from './escrow.ts';
import { peopleOf, type StoreCustodian, storesOf } from './init-config.ts';
import { type Remark, type ShareSource, unseal } from './unseal.ts';

/** The servers of a Vault and its escrow, for who needs them without anything else: no login, no plan, no state. */
export const openServers = async (given: unknown, context: ConnectContext) => {
  const config = checkConfig(given, context.env);
  const reach = await openReach(config, context);
  const bootstrap =
    config.init === undefined
      ? undefined
      : openBootstrap({
          config: config.init,
          reach,
          keeper: context.ports.keeper,
          prompt: context.prompt,
          signal: context.signal,
        });
  const serversNow = async () => (await reach.servers()).map((address) => serverAt(address, reach));
  return {
    /** Each server, the escrow, and what is wrong between them. Never throws for a server or a store that does not answer. */
    look: async () => ({
      servers: await Promise.all((await serversNow()).map(lookAt)),
      escrow: bootstrap === undefined ? [] : await lookAtEscrow(bootstrap),
      ...(await problemOf(bootstrap)),
    }),
    /** Gives every sealed server the shares that the stores keep, and those that people type where they are to. A store that cannot be read is remarked, and gone on without. */
    unseal: async (remark: Remark) => {
      if (bootstrap === undefined) throw noEscrow(await reach.servers());
      await bootstrap.standing();
      // All at once: the servers of one raft cluster need each other to come into service.
      const sources = (attempt: number) => readable(bootstrap, attempt, remark);
      const all = (await serversNow()).map((server) => unseal(server, sources, remark));
      await Promise.all(all).finally(() => bootstrap.typed?.wipe());
    },
    close: () => reach.transport.close(),
  };
};

const noEscrow = ([address = '']: readonly string[]): LabError =>
  new LabError('BAD_MANIFEST', 'the manifest does not say who keeps the shares of this Vault', {
    next: `It has no vault.init. Who has shares gives them with: VAULT_ADDR=${address} vault operator unseal`,
  });

async function* readable(bootstrap: Bootstrap, attempt: number, remark: Remark): ShareSource {
  for (const custodian of storesOf(bootstrap.config)) {
    const held = await heldOr(bootstrap, custodian, remark);
    if (held !== undefined) yield held;
  }
  if (bootstrap.typed !== undefined) yield* bootstrap.typed.of(attempt);
}

const heldOr = async ({ escrow }: Bootstrap, custodian: StoreCustodian, remark: Remark): Promise<Held | undefined> => {
  try {
    return await escrow.held(custodian);
  } catch (error) {
    if (!(error instanceof LabError) || error.code === 'CANCELLED') throw error;
    remark(`${custodian.name} cannot be read, going on without it: ${error.message}`);
    return undefined;
  }
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
  const stores = storesOf(config).map(async (custodian) => {
    const { name, shares } = custodian;
    try {
      const [where, held] = await Promise.all([escrow.whereIs(custodian), escrow.held(custodian)]);
      return { custodian: name, shares, where, readable: held.shares.length } as const;
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      return { custodian: name, shares, because: error.message } as const;
    }
  });
  const people = peopleOf(config).map(({ name, shares, file }) => ({ custodian: name, shares, where: file }));
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
