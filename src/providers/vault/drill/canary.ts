import { z } from 'zod';
import { LabError } from '../../../errors.ts';
import { reveal, type Secret, sameSecret, secret } from '../../../secrets/secret.ts';
import { encodePath } from '../path.ts';
import { refusal } from '../refusal.ts';
import type { Transport } from '../transport.ts';

/** A secret of KV version 2 whose being there proves a restored Vault. */
export interface Canary {
  readonly mount: string;
  readonly path: string;
}

/** What of it may be told, and its value, to be compared. */
export interface CanaryValue {
  readonly version: number;
  readonly keys: number;
  readonly value: Secret;
}

const answer = z.object({
  data: z.object({
    data: z.record(z.string(), z.unknown()),
    metadata: z.object({ version: z.number() }),
  }),
});

/** Reads it. Throws DENIED, REJECTED where it is not there. */
export const readCanary = async (
  address: string,
  transport: Transport,
  token: Secret,
  { mount, path }: Canary,
): Promise<CanaryValue> => {
  const at = encodePath([...mount.split('/'), 'data', ...path.split('/')]);
  const headers = { 'x-vault-token': reveal(token) };
  const exchange = await transport.send({ method: 'GET', url: `${address}/v1/${at}`, headers, timeoutMs: 30_000 });
  const parsed = answer.safeParse(exchange.outcome === 'answered' ? exchange.body : undefined);
  if (exchange.outcome === 'answered' && exchange.status === 404) {
    throw new LabError('REJECTED', `${mount}/${path} is not there`);
  }
  if (!parsed.success) throw refusal({ method: 'GET', path: at, address }, exchange, [reveal(token)]);
  const { data, metadata } = parsed.data.data;
  const keys = Object.keys(data).toSorted();
  const value = secret(JSON.stringify(keys.map((key) => [key, data[key]])));
  return { version: metadata.version, keys: keys.length, value };
};

/** Whether two of them say the same; a version that is another one says nothing of the value. */
export const compared = (restored: CanaryValue, live: CanaryValue): 'equal' | 'older' | 'different' => {
  if (sameSecret(restored.value, live.value)) return 'equal';
  return restored.version < live.version ? 'older' : 'different';
};
