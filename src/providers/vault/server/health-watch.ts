import { z } from 'zod';
import type { GateState } from '../../../engine/gate.ts';
import { LabError } from '../../../errors.ts';
import type { VaultConfig } from '../config.ts';
import { type Product, productOf } from '../product.ts';
import type { Reach } from '../reach.ts';
import { despiteCuts } from '../retrying.ts';
import { sharedQuestion } from '../shared-question.ts';
import { activeGate, classify, describeHealth, type Health, reachableGate } from './health.ts';

/** What can be told of a Vault without a token. */
export interface HealthWatch {
  /** `vault.active` */
  gate(): Promise<GateState>;
  /** `vault.reachable` */
  reachable(): Promise<GateState>;
  /** Which of the two products it is; of a server that does not tell, Vault. */
  product(): Promise<Product>;
  /** Never throws, save when the run was cancelled. */
  describe(): Promise<string>;
  /** The cluster id. Throws UNREACHABLE while Vault is not active: a sealed one does not tell it. */
  scope(): Promise<string>;
}

const sealStatus = z.object({ t: z.number(), progress: z.number() });

/** Asks `sys/health` at most once a second, so that a gate can be polled. */
export const openHealth = ({ transport, servers, signal }: Reach, config: VaultConfig): HealthWatch => {
  const { address } = config;
  const ask = (server: string, path: string) =>
    despiteCuts(signal, () =>
      transport.send({ method: 'GET', url: `${server}/v1/${path}`, headers: {}, timeoutMs: 5_000 }),
    );
  const get = (path: string) => ask(address, path);

  const progressOf = async (health: Health): Promise<string> => {
    if (health.class !== 'sealed') return '';
    const exchange = await get('sys/seal-status');
    const parsed = sealStatus.safeParse(exchange.outcome === 'answered' ? exchange.body : undefined);
    return parsed.success ? `${parsed.data.progress} of ${parsed.data.t} shares given` : '';
  };

  // A standby hands every call on to the active server of its cluster, so one of those that are known is enough.
  const instead = async (health: Health): Promise<Health> => {
    if (health.class !== 'standby') return health;
    const others = await Promise.all((await servers()).map((server) => ask(server, 'sys/health')));
    return others.map(classify).find((other) => other.class === 'active') ?? health;
  };

  const now = sharedQuestion(async () => {
    const health = await instead(classify(await get('sys/health')));
    return { health, progress: await progressOf(health) };
  }, 1_000);

  return {
    gate: async () => {
      const { health, progress } = await now.ask();
      return activeGate(health, progress, config);
    },
    reachable: async () => reachableGate((await now.ask()).health, config),
    describe: async () => {
      const { health, progress } = await now.ask();
      return describeHealth(health, progress, config);
    },
    product: async () => {
      const { health } = await now.ask();
      return 'body' in health ? productOf(health.body) : 'vault';
    },
    scope: async () => {
      const { health } = await now.ask();
      const id = health.class === 'active' ? health.body.cluster_id : undefined;
      if (id !== undefined) return id;
      throw new LabError('UNREACHABLE', `Vault at ${address} does not tell which cluster it is: it is ${health.class}`);
    },
  };
};
