import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { apiCaller } from './api-request.ts';
import { cacheFolder } from './cache-folder.ts';
import { startControlPlane } from './control-plane.ts';
import { deployVault } from './deploy-vault.ts';
import { startExternalSecrets } from './external-secrets.ts';
import { withLock } from './lock.ts';
import { freePorts } from './ports.ts';
import { isAlive, recordsIn } from './process-records.ts';
import { removeWithServers } from './run-folders.ts';

/** What a shell needs to use the servers. */
export type Environment = {
  KUBECONFIG: string;
  /** Where Vault will be; nothing listens there before `deploy`. */
  VAULT_ADDR: string;
  VAULT_TOKEN: string;
  /** The same for the variables of examples/two-phase. */
  LAB_VAR_vaultAddress: string;
  LAB_VAR_apiServer: string;
};

/** One server of `up`. */
export type ServerStatus = { name: string; pid: number; alive: boolean };

const folder = () => join(cacheFolder(), 'up');
const environmentFile = () => join(folder(), 'environment.json');
const accessFile = () => join(folder(), 'access.json');

/** Starts control plane and External Secrets to stay, unless they run already; one set a cache folder. */
export const up = (): Promise<Environment> =>
  locked(async () => (await runningEnvironment()) ?? (await startServers()));

/** Starts Vault where `up` said, once this Secret is there. */
export const deploy = async (after: { namespace: string; name: string }): Promise<string> => {
  const environment = await runningEnvironment();
  if (environment === undefined) throw new Error('nothing runs; start it with: npm run servers:up');
  const call = apiCaller(JSON.parse(await readFile(accessFile(), 'utf8')));
  const port = Number(new URL(environment.VAULT_ADDR).port);
  const dir = join(folder(), 'vault');
  const { address } = await deployVault({
    call,
    after,
    dir,
    port,
    rootToken: environment.VAULT_TOKEN,
    lifetime: 'detached',
  });
  return address;
};

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
    const [port = 0] = await freePorts(2);
    const address = `http://127.0.0.1:${port}`;
    const { kubeconfig, url, caFile, certFile, keyFile } = controlPlane;
    const environment = {
      KUBECONFIG: kubeconfig,
      VAULT_ADDR: address,
      VAULT_TOKEN: rootToken,
      LAB_VAR_vaultAddress: address,
      LAB_VAR_apiServer: url,
    };
    await writeFile(accessFile(), JSON.stringify({ url, caFile, certFile, keyFile }), { mode: 0o600 });
    await writeFile(environmentFile(), JSON.stringify(environment), { mode: 0o600 });
    return environment;
  } catch (error) {
    await removeWithServers(folder());
    throw error;
  }
}
