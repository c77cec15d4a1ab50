import { z } from 'zod';
import { LabError } from '../../../errors.ts';
import { type Secret, secret } from '../../../secrets/secret.ts';
import { bodyWith } from '../server/api.ts';
import type { Held } from '../server/generation.ts';
import { handOut } from '../server/holders.ts';
import type { Exchange, Transport } from '../transport.ts';

const attempt = z.object({ nonce: z.string(), otp: z.string() });

const progress = z.object({ complete: z.boolean(), encoded_token: z.string() });

/** A root token by the hand of whoever has shares, as it can be had when every login is lost. Throws REJECTED if Vault does not make one. */
export const rootByShares = async (address: string, transport: Transport, held: readonly Held[]): Promise<Secret> => {
  const send = (method: 'POST' | 'DELETE', path: string, body: object): Promise<Exchange> =>
    transport.send({ method, url: `${address}/v1/sys/generate-root/${path}`, headers: {}, body, timeoutMs: 30_000 });
  const begun = attempt.safeParse(bodyOf(await send('POST', 'attempt', {})));
  if (!begun.success) throw noRoot();
  const { nonce, otp } = begun.data;
  const token = await handOut(held, async (share) => {
    const body = bodyWith(share, nonce);
    const given = progress.safeParse(bodyOf(await send('POST', 'update', body)));
    body.fill(0);
    return given.data?.complete === true ? underPad(given.data.encoded_token, otp) : undefined;
  });
  if (token === undefined) throw noRoot();
  return token;
};

const bodyOf = (exchange: Exchange): unknown =>
  exchange.outcome === 'answered' && exchange.status === 200 ? exchange.body : undefined;

const underPad = (encoded: string, pad: string): Secret => {
  const bytes = Buffer.from(encoded, 'base64');
  const token = secret(String.fromCharCode(...bytes.map((byte, index) => byte ^ pad.charCodeAt(index))));
  bytes.fill(0);
  return token;
};

const noRoot = (): LabError =>
  new LabError('REJECTED', 'the restored Vault made no root token of the shares', {
    next: 'Vault from 2.0 makes none without a token; log in to a restored one by the login of people.',
  });
