import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { provide } from './binaries/provide.ts';
import { freePorts, requireFree } from './ports.ts';
import { type Lifetime, startProcess } from './processes.ts';
import { chosenProgram, type Program } from './vault-program.ts';
import { answers } from './wait.ts';

/**
 * `dev`: initialised, unsealed, this root token, KV v2 at secret/. `inmem`: uninitialised and empty, for real init and
 * unseal; `sealedBy`: another Vault's transit key unseals it. `raft`: the same on disk, so that it comes back sealed; `join` names the servers of a cluster.
 */
export type VaultMode =
  | { kind: 'dev'; rootToken: string }
  | { kind: 'inmem'; sealedBy?: { address: string; token: string; key: string } }
  | { kind: 'raft'; join?: readonly string[] };

/** `port` is for a Vault that must come back at its old address; the next port is bound too. */
export type VaultOptions = {
  dir: string;
  mode: VaultMode;
  port?: number;
  lifetime?: Lifetime;
  /** Another one than that of this run. */
  program?: Program;
  /** More of its configuration, in HCL. */
  more?: string;
};

/** A Vault that answers at `address`; but for `raft` it keeps everything in memory, so a stopped one has lost it. */
export type Vault = { address: string; rootToken?: string; stop: () => Promise<void> };

/** Starts a Vault, or the other server of its API, on loopback, over plain http. */
export async function startVault(options: VaultOptions): Promise<Vault> {
  const { dir, mode, port, lifetime = 'parent', more } = options;
  const { artifact, opened } = options.program ?? chosenProgram();
  const command = (await provide(artifact)).path;
  await mkdir(dir, { recursive: true });
  const listen = `127.0.0.1:${await choosePort(port)}`;
  const address = `http://${listen}`;
  const { args, healthy } = await runMode(mode, dir, listen, opened);
  if (more !== undefined) await writeFile(join(dir, 'more.hcl'), more);
  const configured = more === undefined ? args : [...args, `-config=${join(dir, 'more.hcl')}`];
  const ready = () => answers(`${address}/v1/sys/health`, ...healthy);
  const { stop } = await startProcess({ name: 'vault', dir, lifetime, command, args: configured, ready });
  return mode.kind === 'dev' ? { address, rootToken: mode.rootToken, stop } : { address, stop };
}

/** Vault takes the next port too, for its cluster listener; outside dev mode only once it is unsealed. */
async function choosePort(wanted: number | undefined): Promise<number> {
  if (wanted === undefined) return (await freePorts(2))[0] ?? 0;
  await requireFree([wanted, wanted + 1]);
  return wanted;
}

/** The arguments, and the status of sys/health once it is up: 200 active, 501 uninitialised, 503 sealed. */
async function runMode(
  mode: VaultMode,
  dir: string,
  listen: string,
  opened: Program['opened'],
): Promise<{ args: string[]; healthy: number[] }> {
  const file = join(dir, 'vault.json');
  const configured = async (settings: { listener?: { tcp: object } }): Promise<string> => {
    const listener = settings.listener && { listener: { tcp: { ...settings.listener.tcp, ...opened.listener } } };
    await writeFile(file, JSON.stringify({ ...settings, ...opened.server, ...listener }, null, 2));
    return `-config=${file}`;
  };
  switch (mode.kind) {
    case 'dev': {
      const flags = ['-dev', '-dev-no-store-token', `-dev-root-token-id=${mode.rootToken}`];
      return {
        args: ['server', ...flags, `-dev-listen-address=${listen}`, await configured({})],
        healthy: [200],
      };
    }
    case 'inmem':
      return {
        args: ['server', await configured({ ...inmemConfiguration(listen), ...sealBy(mode.sealedBy) })],
        healthy: [501],
      };
    case 'raft': {
      const path = join(dir, 'raft');
      await mkdir(path, { recursive: true });
      return {
        args: ['server', await configured(raftConfiguration(listen, path, mode.join ?? []))],
        healthy: [501, 503],
      };
    }
  }
}

const inmemConfiguration = (listen: string) => ({
  storage: { inmem: {} },
  listener: { tcp: { address: listen, tls_disable: true } },
  api_addr: `http://${listen}`,
  disable_mlock: true,
});

const sealBy = (by: { address: string; token: string; key: string } | undefined) =>
  by === undefined
    ? {}
    : {
        seal: {
          transit: {
            address: by.address,
            token: by.token,
            key_name: by.key,
            mount_path: 'transit/',
            disable_renewal: 'true',
          },
        },
      };

const raftConfiguration = (listen: string, path: string, members: readonly string[]) => {
  const [host = '', port = ''] = listen.split(':');
  const cluster = `${host}:${Number(port) + 1}`;
  const joining = members.length === 0 ? {} : { retry_join: members.map((leader_api_addr) => ({ leader_api_addr })) };
  return {
    // Elections as fast as they may be: on one machine nobody is late.
    storage: { raft: { path, node_id: listen, performance_multiplier: 1, ...joining } },
    listener: { tcp: { address: listen, cluster_address: cluster, tls_disable: true } },
    api_addr: `http://${listen}`,
    cluster_addr: `https://${cluster}`,
    disable_mlock: true,
  };
};
