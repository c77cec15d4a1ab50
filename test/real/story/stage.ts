import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ControlPlane, startControlPlane } from '../../servers/control-plane.ts';
import { deployVault } from '../../servers/deploy-vault.ts';
import { startExternalSecrets } from '../../servers/external-secrets.ts';
import { freePorts } from '../../servers/ports.ts';
import { createRunFolder } from '../../servers/run-folders.ts';
import { copyExample } from '../../support/examples.ts';
import { type TcpGate, tcpGate } from './tcp-gate.ts';

/** How one run of the command ended. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An empty real cluster with a real ESO, a folder with the two-phase example, and a Vault that is not there yet. */
export interface Stage {
  readonly cluster: ControlPlane;
  readonly folder: string;
  readonly vault: TcpGate;
  readonly env: Record<string, string>;
  /** Everything that any run printed so far. */
  readonly printed: string[];
  lab(
    args: readonly string[],
    more?: { env?: Record<string, string | undefined>; until?: () => boolean },
  ): Promise<Ran>;
  /** Plays the GitOps that deploys Vault once phase 1's Secret is there. */
  deployVault(): Promise<void>;
  /** Unseals the deployed Vault, which dev mode gave one key. */
  unseal(): Promise<void>;
  vaultCall(method: string, path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }>;
  edit(change: (manifest: string) => string): Promise<void>;
  /** Every byte that runs wrote into the example's folder, the fingerprint key's folder left out. */
  written(): Promise<string>;
  strike(): Promise<void>;
}

const bin = new URL('../../../bin/lab.js', import.meta.url).pathname;
const rootToken = 'root-token-of-the-story';

/** The values that may not show up anywhere. */
export const values = {
  AZURE_CREDENTIALS: '{"clientId":"story-client","clientSecret":"azure+secret/of=the~story"}',
  AWS_KEY_ID: 'AKIASTORYSTORYSTORY1',
  AWS_SECRET_KEY: 'aws/secret+key/of/the/story/0123456789',
};

/** Sets the stage: its own servers, its own folder. */
export const setStage = async (): Promise<Stage> => {
  const servers = await createRunFolder();
  const folder = await mkdtemp(join(tmpdir(), 'lab-story-'));
  await copyExample('two-phase', join(folder, 'two-phase'));
  const cluster = await startControlPlane({ dir: join(servers.dir, 'control-plane') });
  await startExternalSecrets({ controlPlane: cluster, dir: join(servers.dir, 'external-secrets') });
  const [port = 0] = await freePorts(1);
  const vault = tcpGate(port);
  const address = `http://127.0.0.1:${port}`;
  const printed: string[] = [];
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, 'config'),
    // The byte scan judges the Secret type, not the net behind it.
    LAB_REDACT: 'off',
    KUBECONFIG: cluster.kubeconfig,
    VAULT_ADDR: address,
    VAULT_TOKEN: rootToken,
    LAB_VAR_vaultAddress: address,
    LAB_VAR_apiServer: cluster.url,
    ...values,
  };
  const stage: Stage = {
    cluster,
    folder: join(folder, 'two-phase'),
    vault,
    env,
    printed,
    lab: async (args, more = {}) => {
      const ran = await runLab(args, { cwd: folder, env: { ...env, ...more.env }, until: more.until });
      printed.push(ran.stdout, ran.stderr);
      return ran;
    },
    deployVault: async () => {
      const after = { namespace: 'crossplane-system', name: 'azure-credentials' };
      const server = await deployVault({ call: cluster.call, after, dir: join(servers.dir, 'vault'), rootToken });
      await vault.open(Number(new URL(server.address).port));
    },
    unseal: async () => {
      const log = await readFile(join(servers.dir, 'vault', 'vault.log'), 'utf8');
      const [, key] = /^Unseal Key: (\S+)$/m.exec(log) ?? [];
      await request(address, 'PUT', 'sys/unseal', { key });
    },
    vaultCall: (method, path, body) => request(address, method, path, body),
    edit: async (change) => {
      const file = join(folder, 'two-phase', 'lab.yaml');
      const before = await readFile(file, 'utf8');
      const after = change(before);
      if (after === before) throw new Error('the edit changed nothing');
      await writeFile(file, after);
    },
    written: async () => {
      const names = await readdir(join(folder, 'two-phase'), { recursive: true, withFileTypes: true });
      const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
      return (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n');
    },
    strike: async () => {
      await vault.shut();
      await servers.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return stage;
};

const request = async (address: string, method: string, path: string, body?: unknown) => {
  const response = await fetch(`${address}/v1/${path}`, {
    method,
    headers: { 'X-Vault-Token': rootToken },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
};

/** Runs lab as a process of its own, and kills it with SIGKILL once `until` says so. */
export const runLab = (
  args: readonly string[],
  { cwd, env, until }: { cwd: string; env: Record<string, string | undefined>; until: (() => boolean) | undefined },
): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const watch = setInterval(() => {
      if (until?.() === true) child.kill('SIGKILL');
    }, 2);
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(watch);
      resolve({ code, stdout, stderr });
    });
  });
