import type { ConnectContext } from '../../engine/provider.ts';
import { LabError } from '../../errors.ts';
import { type Bulk, openBulk } from './bulk.ts';
import { caFileOf, type VaultConfig } from './config.ts';
import { portOf } from './port.ts';
import { sharedQuestion } from './shared-question.ts';
import { openTransport, type Transport } from './transport.ts';
import { tunnelled } from './tunnelled.ts';

/** How lab gets to the servers of a Vault. */
export interface Reach {
  readonly transport: Transport;
  /** For whole files, the same way. Whoever opens it closes it. */
  readonly bulk: () => Promise<Bulk>;
  /** Ends every wait for it. */
  readonly signal: AbortSignal;
  /** The address of each server, one at least: those of the connection, or each pod behind its address. */
  readonly servers: () => Promise<readonly [string, ...string[]]>;
  /** Names of pods behind its address that are still to come; [] where all are known. */
  readonly owed: () => Promise<readonly string[]>;
}

/** Opens the way that the connection names; dials nothing yet. */
export const openReach = async (config: VaultConfig, { env, signal, ports }: ConnectContext): Promise<Reach> => {
  const caFile = caFileOf(config, env);
  const [first = config.address, ...others] = config.servers ?? [];
  if (config.through === undefined) {
    const direct = { caFile, signal };
    return {
      signal,
      transport: await openTransport(direct),
      bulk: () => openBulk(direct),
      servers: async () => [first, ...others],
      owed: async () => [],
    };
  }
  const { hostname, port, protocol } = new URL(config.address);
  const service = { host: hostname, port: portOf(port, protocol) };
  const pods = new Set<string>();
  // A pod that was found behind the Service shows the Service's certificate.
  const certifiedAs = (host: string): string => (pods.has(host) ? hostname : host);
  const connector = tunnelled({ tunnel: ports.tunnel, certifiedAs });
  const found = sharedQuestion(async (): Promise<readonly [string, ...string[]]> => {
    const members = await (await ports.tunnel()).members(service).catch(noneYet);
    for (const { host } of members) pods.add(host);
    const [main = config.address, ...more] = members.map((member) => `${protocol}//${member.host}:${member.port}`);
    return [main, ...more];
  }, 1_000);
  return {
    signal,
    transport: await openTransport({ caFile, signal, connector }),
    bulk: () => openBulk({ caFile, signal, connector }),
    servers: () => (config.servers === undefined ? found.ask() : Promise.resolve([first, ...others])),
    owed: async () => {
      if (config.servers !== undefined) return [];
      // Whatever is no longer owed then is among the servers that are found next.
      found.forget();
      return (await ports.tunnel()).owed(service).catch(noneYet);
    },
  };
};

// Where there is no pod, asking the address itself tells why.
const noneYet = (error: unknown): readonly never[] => {
  if (error instanceof LabError && error.code === 'UNREACHABLE') return [];
  throw error;
};
