import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decrypt, readMessage, readPrivateKey } from 'openpgp';
import { expect, onTestFinished } from 'vitest';
import { freePorts } from '../../servers/ports.ts';
import { createRunFolder } from '../../servers/run-folders.ts';
import { startVault, type Vault, type VaultMode } from '../../servers/vault.ts';
import { type Custody, type Nothing, setUp } from './nothing.ts';
import { type WatchedWay, watchedWay } from './watched.ts';

/** An empty Vault of its own, the watched way to it, and the example set up for it. */
export interface Scene {
  readonly vault: Vault;
  readonly way: WatchedWay;
  readonly here: Nothing;
  /** Vault stops and comes back at its address; on raft, sealed. */
  readonly restart: () => Promise<void>;
}

/** Sets it up until the running test ends. */
export const stage = async (mode: VaultMode = { kind: 'inmem' }): Promise<Scene> => {
  const folder = await createRunFolder();
  const [port = 0] = await freePorts(2);
  const start = () => startVault({ dir: join(folder.dir, 'vault'), mode, port });
  const vault = await start();
  let running = vault;
  const way = await watchedWay(vault.address);
  const here = await setUp(way.vaultAddress, { kubeconfig: way.kubeconfig });
  onTestFinished(async () => {
    await here.strike();
    await way.close();
    await folder.remove();
  });
  const restart = async () => {
    await running.stop();
    running = await start();
  };
  return { vault, way, here, restart };
};

/** What a custodian's key opens. */
export const openedBy = async (key: string, base64: string): Promise<string> => {
  const message = await readMessage({ binaryMessage: Buffer.from(base64, 'base64') });
  const decryptionKeys = await readPrivateKey({ armoredKey: key });
  return String((await decrypt({ message, decryptionKeys })).data);
};

/** Shares in clear that a store keeps, as an operator would have them. `generation`: '' for those of init, '-2' and so on. */
export const storeShares = async (here: Nothing, store: Custody, generation = ''): Promise<string[]> => {
  const entries = await here.escrow(store);
  const { shares }: { shares: { message: string }[] } = JSON.parse(entries[`shares${generation}`] ?? '{"shares":[]}');
  return Promise.all(shares.map(({ message }) => openedBy(entries[`key${generation}`] ?? '', message)));
};

/** The share of the person on call. */
export const personShare = async (here: Nothing, generation = ''): Promise<string> => {
  const kept = await readFile(join(here.folder, `escrow/oncall${generation}.asc`), 'utf8');
  return here.asOnCall(kept.slice(kept.indexOf('-----BEGIN')));
};

/** Runs it until a run is not killed, and answers how many were; a run that ends badly by itself is a failure of its own. */
export const untilNotKilled = async (run: () => ReturnType<Nothing['start']>['ended']): Promise<number> => {
  let killed = 0;
  for (; killed < 200; killed += 1) {
    const ran = await run();
    if (ran.code === 0) break;
    expect({ code: ran.code, errors: ran.code === null ? '' : ran.stdout + ran.stderr }).toEqual({
      code: null,
      errors: '',
    });
  }
  return killed;
};
