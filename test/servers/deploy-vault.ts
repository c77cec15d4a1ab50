import { setTimeout as sleep } from 'node:timers/promises';
import type { CallApi } from './api-request.ts';
import type { Lifetime } from './processes.ts';
import { startVault, type Vault } from './vault.ts';

/** What deploys Vault waits for, and the Vault that it starts. */
export type Deployment = {
  call: CallApi;
  /** The Secret without which it could not start. */
  after: { namespace: string; name: string };
  dir: string;
  rootToken: string;
  port?: number;
  lifetime?: Lifetime;
};

/**
 * Plays the GitOps that deploys Vault: waits until phase 1 has made the Secret, then starts one. It holds no secrets
 * engine, as a Vault right after its initialisation does not; dev mode would bring one.
 */
export async function deployVault({ call, after, rootToken, ...where }: Deployment): Promise<Vault> {
  const path = `/api/v1/namespaces/${after.namespace}/secrets/${after.name}`;
  // An API server that does not answer just now is asked again, as GitOps does.
  const isThere = () =>
    call({ method: 'GET', path }).then(
      ({ status }) => status === 200,
      () => false,
    );
  while (!(await isThere())) await sleep(200);
  const vault = await startVault({ ...where, mode: { kind: 'dev', rootToken } });
  const headers = { 'X-Vault-Token': rootToken };
  const answer = await fetch(`${vault.address}/v1/sys/mounts/secret`, { method: 'DELETE', headers });
  if (!answer.ok) throw new Error(`Vault kept its secrets engine: status ${answer.status}`);
  return vault;
}
