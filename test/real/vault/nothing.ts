import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { decrypt, generateKey, readMessage } from 'openpgp';
import { inject } from 'vitest';
import { z } from 'zod';
import { copyExample } from '../../support/examples.ts';
import type { OperatorUnderTest } from '../../support/external-secrets-api/bench.ts';
import { sharedCluster } from '../sandbox/shared-cluster.ts';
import { uniqueName } from './server.ts';

const bin = new URL('../../../bin/lab.js', import.meta.url).pathname;

const secretList = z.object({
  items: z.array(
    z.object({ metadata: z.object({ name: z.string() }), data: z.record(z.string(), z.string()).optional() }),
  ),
});

/** How one run of the command ended. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A custodian store of the example, and one that may join. */
export type Custody = 'operations' | 'security' | 'audit';

/** The example vault-from-nothing under names of its own, in the shared cluster. */
export interface Nothing {
  /** The manifest's name, and what its namespaces end with. */
  readonly name: string;
  readonly folder: string;
  readonly printed: string[];
  /** What its runs see of the environment. */
  readonly env: Readonly<Record<string, string>>;
  lab(words: readonly string[], more?: Readonly<Record<string, string>>): Promise<Ran>;
  /** Starts it, for who means to kill it. */
  start(
    words: readonly string[],
    more?: Readonly<Record<string, string>>,
  ): ChildProcess & { readonly ended: Promise<Ran> };
  json(words: readonly string[]): Promise<Record<string, unknown> & { code: number | null }>;
  edit(change: (manifest: string) => string): Promise<void>;
  /** The Secrets of one custodian's namespace, decoded. */
  escrow(store: Custody): Promise<Readonly<Record<string, string>>>;
  kube(
    method: 'GET' | 'POST' | 'DELETE' | 'PATCH',
    path: string,
    body?: unknown,
  ): ReturnType<OperatorUnderTest['call']>;
  /** Decrypts what is encrypted to the person whose key the example names. */
  asOnCall(message: string): Promise<string>;
  /** Every byte that runs printed or wrote into the folder. */
  everything(): Promise<string>;
  strike(): Promise<void>;
}

/** Another way to the cluster, and the name of somebody else's setting up that this one shares. */
export interface SetUp {
  readonly kubeconfig?: string;
  readonly name?: string;
}

/** Sets up the example for the Vault at an address. */
export const setUp = async (address: string, given: SetUp = {}): Promise<Nothing> => {
  const { context, url } = inject('servers');
  const { call } = await sharedCluster();
  const { kubeconfig = inject('servers').kubeconfig, name = uniqueName('nothing') } = given;
  const home = await mkdtemp(join(tmpdir(), 'lab-nothing-'));
  const folder = join(home, 'manifest');
  await copyExample('vault-from-nothing', folder);
  const file = join(folder, 'lab.yaml');
  const edit = async (change: (manifest: string) => string): Promise<void> => {
    const before = await readFile(file, 'utf8');
    const after = change(before);
    if (after === before) throw new Error('the edit changed nothing');
    await writeFile(file, after);
  };
  await edit((manifest) =>
    manifest
      .replace('name: vault-from-nothing', `name: ${name}`)
      .replaceAll(/namespace: escrow-(operations|security)/g, `namespace: ${name}-$1`)
      .replaceAll('lab-system/', `${name}-system/`),
  );
  const pair = await generateKey({ userIDs: [{ name: 'on call' }], format: 'object' });
  await writeFile(join(folder, 'keys/oncall.asc'), pair.publicKey.armor());
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    // The byte scan judges the Secret type, not the net behind it.
    LAB_REDACT: 'off',
    KUBECONFIG: kubeconfig,
    LAB_VAR_context: context,
    LAB_VAR_vaultAddress: address,
    LAB_VAR_apiServer: url,
    LAB_VAR_auditLog: join(home, 'audit.log'),
  };
  const printed: string[] = [];
  const start: Nothing['start'] = (words, more = {}) => {
    const child = spawn(process.execPath, [bin, ...words, '-f', folder, '-e', 'local'], {
      cwd: home,
      env: { ...env, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]).then(
      ([stdout, stderr]): Ran => {
        printed.push(stdout, stderr);
        return { code: child.exitCode, stdout, stderr };
      },
    );
    return Object.assign(child, { ended });
  };
  const lab: Nothing['lab'] = (words, more) => start(words, more).ended;
  const kube: Nothing['kube'] = (method, path, body) => call(method, path, body);
  return {
    name,
    folder,
    printed,
    env,
    lab,
    start,
    json: async (words) => {
      const ran = await lab([...words, '--json']);
      return { code: ran.code, ...JSON.parse(ran.stdout) };
    },
    edit,
    escrow: async (store) => {
      const { body } = await kube('GET', `/api/v1/namespaces/${name}-${store}/secrets`);
      const entries = secretList
        .parse(body)
        .items.map(({ metadata, data = {} }) => [
          metadata.name.replace(`lab-vault-${name}-local-`, ''),
          Buffer.from(data['value'] ?? '', 'base64').toString(),
        ]);
      return Object.fromEntries(entries);
    },
    kube,
    asOnCall: async (armored) => {
      const message = await readMessage({ armoredMessage: armored });
      return String((await decrypt({ message, decryptionKeys: pair.privateKey })).data);
    },
    everything: async () => {
      const names = await readdir(home, { recursive: true, withFileTypes: true });
      const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
      return [...printed, ...(await Promise.all(files.map((one) => readFile(one, 'utf8'))))].join('\n');
    },
    strike: async () => {
      for (const namespace of ['operations', 'security', 'audit', 'system']) {
        await kube('DELETE', `/api/v1/namespaces/${name}-${namespace}`);
      }
      await rm(home, { recursive: true, force: true });
    },
  };
};
