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

/** Whether Vault takes these for its shares; it is asked by a rekey that ends before it comes to anything. */
export const opens = async (address: string, shares: readonly string[], base = 'sys/rekey'): Promise<boolean> => {
  const call = async (method: string, path: string, body: object) => {
    const answer = await fetch(`${address}/v1/${base}/${path}`, { method, body: JSON.stringify(body) });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? {} : JSON.parse(text) };
  };
  const begun = await call('PUT', 'init', { secret_shares: 1, secret_threshold: 1, require_verification: true });
  const { nonce, required } = begun.body;
  let complete = false;
  for (const key of shares.slice(0, required)) {
    const { body } = await call('PUT', 'update', { key, nonce });
    complete = body.complete === true;
  }
  expect((await call('DELETE', 'init', { nonce })).status).toBe(204);
  return complete;
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

/** In the manifest the custodian escrow-security leaves, and escrow-audit joins. */
export const changeCustodians = async (here: Nothing): Promise<void> => {
  await here.edit((manifest) =>
    manifest
      .replace('{ store: escrow-security, shares: 2 }', '{ store: escrow-audit, shares: 2 }')
      .replace(
        '\nvault:\n',
        `\n  escrow-audit: { type: kubernetes, namespace: ${here.name}-audit, expose: none }\n\nvault:\n`,
      ),
  );
  await here.kube('POST', '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: `${here.name}-audit` },
  });
};
