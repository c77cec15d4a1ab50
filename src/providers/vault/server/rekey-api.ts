import { z } from 'zod';
import { LabError } from '../../../errors.ts';
import type { Reach } from '../reach.ts';
import { errorTexts, refusal } from '../refusal.ts';
import { despiteCuts } from '../retrying.ts';
import type { Exchange } from '../transport.ts';
import { activeAmong, bodyWith, type ServerApi } from './api.ts';

// New shares for an unsealed Vault. It keeps all of this in memory: a restart ends it, and the shares of before still count.

const status = z.object({
  started: z.boolean(),
  nonce: z.string(),
  /** What was asked for. */
  t: z.number(),
  n: z.number(),
  /** Shares of now that were given, of how many it takes. */
  progress: z.number(),
  required: z.number(),
  /** One a share, hex. */
  pgp_fingerprints: z.array(z.string()).nullable(),
  verification_required: z.boolean(),
  /** Only once the new shares were answered and are to be proven. */
  verification_nonce: z.string().optional(),
});

/** What `GET sys/rekey/init` tells. */
export type RekeyStatus = z.output<typeof status>;

const verification = z.object({ nonce: z.string(), t: z.number(), progress: z.number() });

/** How far the proof of new shares is. */
export type Verification = z.output<typeof verification>;

const given = z.object({
  complete: z.boolean().optional(),
  keys_base64: z.array(z.string()).nullish(),
  progress: z.number().optional(),
});

/** What came of one share. */
export type Given =
  | { readonly is: 'taken' }
  /** Somebody gave this one before. */
  | { readonly is: 'known' }
  /** It was the last one needed; `shares`: the new ones, base64 of PGP ciphertext; [] where they were being proven. */
  | { readonly is: 'complete'; readonly shares: readonly string[] }
  /** Together they are not the shares of this Vault. It forgot them. */
  | { readonly is: 'wrong'; readonly because: string };

/** What ends the giving. */
export type Enough = Exclude<Given, { is: 'taken' | 'known' }>;

/** What is asked for. */
export interface RekeyRequest {
  readonly shares: number;
  readonly threshold: number;
  readonly pgpKeys: readonly string[];
}

/** The calls for new shares. */
export interface RekeyApi {
  status(): Promise<RekeyStatus>;
  begin(request: RekeyRequest): Promise<RekeyStatus>;
  /** A share of now, in hex; its bytes are wiped. */
  give(share: Buffer, nonce: string): Promise<Given>;
  verification(): Promise<Verification>;
  /** A new share; it counts for nothing until enough of them were given. */
  verify(share: Buffer, nonce: string): Promise<Given>;
  cancel(nonce: string): Promise<void>;
  /** Requests so far that may have changed something. */
  writes(): number;
}

const timeoutMs = 60_000;

/** Of the key's shares, or of the recovery shares of a Vault that something outside unseals. */
export const rekeyAt = (
  servers: () => Promise<readonly [ServerApi, ...ServerApi[]]>,
  { transport, signal }: Pick<Reach, 'transport' | 'signal'>,
  seal: 'shamir' | 'auto',
): RekeyApi => {
  const base = seal === 'shamir' ? 'sys/rekey' : 'sys/rekey-recovery-key';
  let writes = 0;

  // One server for all of it: what was begun at one is known to that one.
  let asked: Promise<string> | undefined;
  const addressNow = (): Promise<string> => {
    asked ??= addressAtWork(servers);
    return asked;
  };

  const send = async (method: Method, path: string, body?: object): Promise<Exchange> => {
    const url = `${await addressNow()}/v1/${base}/${path}`;
    const once = () => transport.send({ method, url, headers: {}, timeoutMs, ...(body === undefined ? {} : { body }) });
    if (method === 'GET') return despiteCuts(signal, once);
    writes += 1;
    return once();
  };

  const refused = async (method: Method, path: string, exchange: Exchange): Promise<LabError> => {
    const address = await addressNow();
    const moved = movedBy(exchange);
    if (moved !== undefined) {
      return new LabError('CONFLICT', `somebody else is at the new shares of ${address}, too: ${moved}`, {
        next: 'Wait until their run has ended, then run this again: it goes on from what is there.',
      });
    }
    const closed = exchange.outcome === 'answered' && [403, 404, 405].includes(exchange.status);
    if (!closed) return refusal({ method, path: `${base}/${path}`, address }, exchange, []);
    return new LabError('DENIED', `${address} hands out new shares to nobody without a token (${base}/${path})`, {
      next: 'Vault from 2.0 and OpenBao from 2.5 are closed so; lab vault rekey works with Vault 1.x, and where a listener opens them (OpenBao: disable_unauthed_rekey_endpoints = false).',
    });
  };

  const read = async <T>(path: string, shape: z.ZodType<T>, exchange: Exchange, method: 'GET' | 'POST'): Promise<T> => {
    const parsed = shape.safeParse(exchange.outcome === 'answered' ? exchange.body : undefined);
    if (exchange.outcome === 'answered' && exchange.status === 200 && parsed.success) return parsed.data;
    throw await refused(method, path, exchange);
  };

  const giveTo = async (path: string, share: Buffer, nonce: string): Promise<Given> => {
    const body = bodyWith(share, nonce);
    share.fill(0);
    try {
      const exchange = await send('POST', path, body);
      const wrong = wrongIn(exchange);
      if (wrong?.includes('already been provided') === true) return { is: 'known' };
      if (wrong !== undefined) return { is: 'wrong', because: wrong };
      const { complete, keys_base64: keys } = await read(path, given, exchange, 'POST');
      return complete === true ? { is: 'complete', shares: keys ?? [] } : { is: 'taken' };
    } finally {
      body.fill(0);
    }
  };

  return {
    status: async () => read('init', status, await send('GET', 'init'), 'GET'),
    begin: async ({ shares, threshold, pgpKeys }) => {
      const body = {
        secret_shares: shares,
        secret_threshold: threshold,
        pgp_keys: pgpKeys,
        require_verification: true,
      };
      return read('init', status, await send('POST', 'init', body), 'POST');
    },
    give: (share, nonce) => giveTo('update', share, nonce),
    verification: async () => read('verify', verification, await send('GET', 'verify'), 'GET'),
    verify: (share, nonce) => giveTo('verify', share, nonce),
    cancel: async (nonce) => {
      const exchange = await send('DELETE', 'init', { nonce });
      if (exchange.outcome !== 'answered' || exchange.status >= 300) throw await refused('DELETE', 'init', exchange);
    },
    writes: () => writes,
  };
};

type Method = 'GET' | 'POST' | 'DELETE';

/** That of the server that is at work, which alone hands out shares; else of the first, which says why it does not. */
const addressAtWork = async (servers: () => Promise<readonly [ServerApi, ...ServerApi[]]>): Promise<string> => {
  const all = await servers();
  return ((await activeAmong(all)) ?? all[0]).address;
};

/** What says that a rekey is not where this run has left it. */
const movedBy = (exchange: Exchange): string | undefined => {
  if (exchange.outcome !== 'answered' || ![400, 500].includes(exchange.status)) return undefined;
  return errorTexts(exchange.body).find((text) =>
    /incorrect nonce|already finished|already in progress|no (?:barrier |recovery )?rekey (?:in progress|configuration)/.test(
      text,
    ),
  );
};

/** Why shares were not taken; a nonce that is another's, and what is no answer to a share, is no such reason. */
const wrongIn = (exchange: Exchange): string | undefined => {
  if (exchange.outcome !== 'answered' || ![400, 500].includes(exchange.status)) return undefined;
  const text = errorTexts(exchange.body).join('; ');
  return /already been provided|incorrect key shares|invalid key|message authentication failed|does not match submitted/.test(
    text,
  )
    ? text
    : undefined;
};
