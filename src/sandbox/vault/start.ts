import { createHmac } from 'node:crypto';
import { type LoopbackServer, serve } from '../http.ts';
import { openDocument } from '../store.ts';
import { answer } from './answer.ts';
import { emptyContent, type VaultState } from './content.ts';
import type { ReviewToken, Vault } from './endpoint.ts';
import { reviewToken } from './kubernetes-auth/review-token.ts';
import { emptyMemory, forgetAll } from './memory.ts';
import { initialise } from './seal.ts';

/** What a sandbox Vault is made from. */
export interface VaultSandboxOptions {
  /** The root token is derived from it, so that it is the same in every run of one sandbox. */
  readonly seed: string;
  /** Where its content lasts; without it, in memory only. */
  readonly file?: string;
  /** Default: any free port, the same for as long as it runs. */
  readonly port?: number;
  /** Default: as the content was left; `absent` for a new one. */
  readonly state?: VaultState;
  /** Who checks service account tokens. Default: the API server that auth/kubernetes/config names, by TokenReview. */
  readonly reviewToken?: ReviewToken;
  /** It runs in a pod, with this service account token. Default: outside of any cluster. */
  readonly podToken?: string;
}

/** A Vault on loopback. */
export interface VaultSandbox {
  /** `http://127.0.0.1:PORT`; the same in every state. */
  readonly address: string;
  readonly rootToken: string;
  state(): VaultState;
  /**
   * Brings it to another state. To `uninitialised` wipes it; from there to a later one initialises it with one share,
   * with the root token above. In `absent` the port answers nobody.
   */
  enter(state: VaultState): Promise<void>;
  /** Ends it and writes what it holds. */
  stop(): Promise<void>;
}

/** The root token of the sandbox with this seed. */
export const sandboxRootToken = (seed: string): string =>
  `hvs.sandbox${createHmac('sha256', seed).update('vault root token').digest('hex').slice(0, 24)}`;

/** Starts a Vault for the sandbox; in state `absent` it only holds its port for later. */
export const startVaultSandbox = async (options: VaultSandboxOptions): Promise<VaultSandbox> => {
  const rootToken = sandboxRootToken(options.seed);
  const document = await openDocument(options.file, emptyContent);
  const content = document.value;
  const memory = emptyMemory();
  const vault: Vault = {
    content,
    changed: () => document.changed(),
    reviewToken: options.reviewToken ?? reviewToken,
    podToken: options.podToken,
    seal: () => {
      forgetAll(memory);
      content.state = 'sealed';
      document.changed();
    },
  };

  const listen = (port?: number): Promise<LoopbackServer> =>
    serve({ ...(port === undefined ? {} : { port }), handle: (request) => answer(vault, memory, request) });
  let server: LoopbackServer | undefined = await listen(options.port);
  const { url: address, port } = server;

  const enter = async (state: VaultState): Promise<void> => {
    forgetAll(memory);
    if (state === 'uninitialised') wipe(content);
    else if (state !== 'absent' && content.seal === undefined) initialise(content, 1, 1, rootToken);
    content.state = state;
    document.changed();
    if (state === 'absent') {
      await server?.close();
      server = undefined;
    } else {
      server ??= await listen(port);
    }
  };

  await enter(options.state ?? content.state);
  return {
    address,
    rootToken,
    state: () => content.state,
    enter,
    stop: async () => {
      await server?.close();
      await document.close();
    },
  };
};

const wipe = (content: ReturnType<typeof emptyContent>): void => {
  delete content.seal;
  for (const table of [
    content.mounts,
    content.auth,
    content.policies,
    content.passwordPolicies,
    content.audit,
    content.tokens,
    content.kv,
    content.kubernetes,
    content.approle,
    content.jwt,
    content.databases,
    content.databaseUsers,
    content.leases,
    content.pki,
    content.entities,
    content.groups,
  ]) {
    for (const key of Object.keys(table)) Reflect.deleteProperty(table, key);
  }
};
