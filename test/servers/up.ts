import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { startControlPlane } from './control-plane.ts';
import { startExternalSecrets } from './external-secrets.ts';
import { withLock } from './lock.ts';
import { isAlive, recordsIn } from './process-records.ts';
import { removeWithServers } from './run-folders.ts';
import { startVault } from './vault.ts';

/** What a shell needs to use the servers. */
export type Environment = { KUBECONFIG: string; VAULT_ADDR: string; VAULT_TOKEN: string };

/** One server of `up`. */
export type ServerStatus = { name: string; pid: number; alive: boolean };

const folder = () => join(cacheFolder(), 'up');
const environmentFile = () => join(folder(), 'environment.json');

/** Starts control plane, External Secrets and Vault to stay, unless they all run already; one set a cache folder. */
export const up = (): Promise<Environment> =>
  locked(async () => (await runningEnvironment()) ?? (await startServers()));

/** Stops what `up` started and removes its files. */
export const down = (): Promise<void> => locked(() => removeWithServers(folder()));

/** The servers of `up`; none when it was not called. */
export const status = (): ServerStatus[] =>
  recordsIn(folder()).map((record) => ({ name: record.name, pid: record.pid, alive: isAlive(record) }));

async function locked<Result>(work: () => Promise<Result>): Promise<Result> {
  await mkdir(cacheFolder(), { recursive: true });
  return withLock(join(cacheFolder(), 'up.lock'), work);
}

/** Written last, so its presence says that everything had started. */
async function runningEnvironment(): Promise<Environment | undefined> {
  if (!status().every(({ alive }) => alive)) return undefined;
  const text = await readFile(environmentFile(), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}

async function startServers(): Promise<Environment> {
  await removeWithServers(folder());
  const rootToken = randomBytes(16).toString('hex');
  const lifetime = 'detached';
  try {
    const controlPlane = await startControlPlane({ dir: join(folder(), 'control-plane'), lifetime });
    await startExternalSecrets({ controlPlane, dir: join(folder(), 'external-secrets'), lifetime });
    const mode = { kind: 'dev', rootToken } as const;
    const vault = await startVault({ dir: join(folder(), 'vault'), mode, lifetime });
    const environment = { KUBECONFIG: controlPlane.kubeconfig, VAULT_ADDR: vault.address, VAULT_TOKEN: rootToken };
    await writeFile(environmentFile(), JSON.stringify(environment), { mode: 0o600 });
    return environment;
  } catch (error) {
    await removeWithServers(folder());
    throw error;
  }
}
