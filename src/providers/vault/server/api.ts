import { z } from 'zod';
import { LabError } from '../../../errors.ts';
import type { Reach } from '../reach.ts';
import { errorTexts, refusal } from '../refusal.ts';
import { despiteCuts } from '../retrying.ts';
import type { Exchange } from '../transport.ts';
import { classify, type Health } from './health.ts';

// Calls that need no token: they go to one server of the cluster each, not to whoever stands in front of them all.

const status = z.object({
  /** `shamir`, or the name of what unseals it. */
  type: z.string(),
  initialized: z.boolean(),
  sealed: z.boolean(),
  t: z.number(),
  n: z.number(),
  progress: z.number(),
  /** Of the unsealing under way; '' before the first share. */
  nonce: z.string(),
  version: z.string(),
  recovery_seal: z.boolean().optional(),
  storage_type: z.string().optional(),
  /** Only once unsealed. */
  cluster_id: z.string().optional(),
  cluster_name: z.string().optional(),
});

/** What `GET sys/seal-status` tells of one server. */
export type SealStatus = z.output<typeof status>;

const initAnswer = z.object({
  keys_base64: z.array(z.string()).optional(),
  recovery_keys_base64: z.array(z.string()).nullish(),
  root_token: z.string(),
});

/** What `sys/init` is asked for: one PGP key a share, and one for the root token. */
export interface InitRequest {
  readonly seal: 'shamir' | 'auto';
  readonly shares: number;
  readonly threshold: number;
  readonly pgpKeys: readonly string[];
  readonly rootTokenPgpKey: string;
}

/** What came of it. Messages are base64 of PGP ciphertext. */
export type InitResult =
  | { readonly is: 'done'; readonly shares: readonly string[]; readonly rootToken: string }
  /** Somebody else was first. */
  | { readonly is: 'taken' }
  /** It went out, and no answer came back. */
  | { readonly is: 'lost'; readonly code: string };

/** What came of giving one share. */
export type ShareResult =
  | { readonly is: 'taken'; readonly status: SealStatus }
  /** It was the last one needed, and together they open nothing. */
  | { readonly is: 'wrong'; readonly because: string };

/** The calls to one server. */
export interface ServerApi {
  readonly address: string;
  /** How far it has come; never throws. */
  health(): Promise<Health>;
  status(): Promise<SealStatus>;
  init(request: InitRequest): Promise<InitResult>;
  /** The share as Vault gave it out, in hex; its bytes are wiped. */
  give(share: Buffer): Promise<ShareResult>;
  reset(): Promise<SealStatus>;
}

/** The body of a call that gives a share, in bytes that whoever sends it wipes. */
export const bodyWith = (share: Buffer, nonce?: string): Buffer => {
  const rest = nonce === undefined ? '"}' : `","nonce":${JSON.stringify(nonce)}}`;
  return Buffer.concat([Buffer.from('{"key":"'), share, Buffer.from(rest)]);
};

/** The server that is at work; undefined if none is. */
export const activeAmong = async (servers: readonly ServerApi[]): Promise<ServerApi | undefined> => {
  const healths = await Promise.all(servers.map((server) => server.health()));
  return servers[healths.findIndex((health) => health.class === 'active')];
};

const timeoutMs = 10_000;
const initTimeoutMs = 120_000;

/** The server at an address. */
export const serverAt = (address: string, { transport, signal }: Pick<Reach, 'transport' | 'signal'>): ServerApi => {
  const sendOnce = (method: 'GET' | 'POST', path: string, body?: object, ms = timeoutMs): Promise<Exchange> =>
    transport.send({
      method,
      url: `${address}/v1/${path}`,
      headers: {},
      timeoutMs: ms,
      ...(body === undefined ? {} : { body }),
    });
  const ask = (path: string): Promise<Exchange> => despiteCuts(signal, () => sendOnce('GET', path));
  const post = (path: string, body: object, ms?: number): Promise<Exchange> => sendOnce('POST', path, body, ms);
  const refused = (method: 'GET' | 'POST', path: string, exchange: Exchange): LabError =>
    refusal({ method, path, address }, exchange, []);

  const statusIn = (method: 'GET' | 'POST', path: string, exchange: Exchange): SealStatus => {
    const parsed = status.safeParse(exchange.outcome === 'answered' ? exchange.body : undefined);
    if (exchange.outcome === 'answered' && exchange.status === 200 && parsed.success) return parsed.data;
    throw refused(method, path, exchange);
  };

  return {
    address,
    health: async () => classify(await ask('sys/health')),
    status: async () => statusIn('GET', 'sys/seal-status', await ask('sys/seal-status')),
    init: async ({ seal, shares, threshold, pgpKeys, rootTokenPgpKey }) => {
      const kind = seal === 'shamir' ? 'secret' : 'recovery';
      const keys = seal === 'shamir' ? 'pgp_keys' : 'recovery_pgp_keys';
      const body = {
        [`${kind}_shares`]: shares,
        [`${kind}_threshold`]: threshold,
        [keys]: pgpKeys,
        root_token_pgp_key: rootTokenPgpKey,
      };
      const exchange = await post('sys/init', body, initTimeoutMs);
      if (exchange.outcome === 'failed' && exchange.sent) return { is: 'lost', code: exchange.code };
      if (exchange.outcome === 'failed') throw refused('POST', 'sys/init', exchange);
      if (errorTexts(exchange.body).some((text) => text.includes('already initialized'))) return { is: 'taken' };
      if (exchange.status !== 200) throw refused('POST', 'sys/init', exchange);
      const parsed = initAnswer.safeParse(exchange.body);
      const messages = parsed.data?.[seal === 'shamir' ? 'keys_base64' : 'recovery_keys_base64'] ?? [];
      // An answer that came and cannot be read is as lost as one that did not.
      if (!parsed.success || messages.length !== shares) return { is: 'lost', code: 'an answer that lab cannot read' };
      return { is: 'done', shares: messages, rootToken: parsed.data.root_token };
    },
    give: async (share) => {
      const body = bodyWith(share);
      share.fill(0);
      try {
        const exchange = await post('sys/unseal', body);
        if (exchange.outcome === 'answered' && exchange.status === 400) {
          return { is: 'wrong', because: errorTexts(exchange.body).join('; ') };
        }
        return { is: 'taken', status: statusIn('POST', 'sys/unseal', exchange) };
      } finally {
        body.fill(0);
      }
    },
    reset: async () => statusIn('POST', 'sys/unseal', await post('sys/unseal', { reset: true })),
  };
};
