import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { LabError } from '../../../errors.ts';
import { reveal, secret } from '../../../secrets/secret.ts';
import type { Bulk } from '../bulk.ts';
import { refusal } from '../refusal.ts';
import type { ServerApi } from '../server/api.ts';
import type { Transport } from '../transport.ts';

const answer = z.object({ keys: z.array(z.string()).length(1), root_token: z.string() });

const patienceMs = 60_000;

/** Polls one server until it is as it should be. */
export const untilServer = async (
  server: ServerApi,
  what: string,
  is: (server: ServerApi) => Promise<boolean>,
): Promise<void> => {
  const until = performance.now() + patienceMs;
  while (!(await is(server))) {
    if (performance.now() > until) throw new LabError('NOT_SETTLED', `the throw-away Vault is not ${what} in time`);
    await pause(100);
  }
};

export const isActive = async (server: ServerApi): Promise<boolean> => (await server.health()).class === 'active';

/** Puts a snapshot in the place of all that an empty Vault has, which is then sealed as the one that it is of. */
export const restore = async (
  server: ServerApi,
  transport: Transport,
  { bulk, file }: { readonly bulk: Bulk; readonly file: string },
): Promise<void> => {
  const { address } = server;
  const call = { method: 'POST', path: 'sys/init', address } as const;
  const body = { secret_shares: 1, secret_threshold: 1 };
  const init = await transport.send({
    method: 'POST',
    url: `${address}/v1/sys/init`,
    headers: {},
    body,
    timeoutMs: 60_000,
  });
  const parsed = answer.safeParse(init.outcome === 'answered' ? init.body : undefined);
  if (!parsed.success) throw refusal(call, init, []);
  const [key = ''] = parsed.data.keys;
  await server.give(Buffer.from(key));
  await untilServer(server, 'in service', isActive);
  const token = secret(parsed.data.root_token);
  const path = 'sys/storage/raft/snapshot-force';
  const exchange = await bulk.upload(`${address}/v1/${path}`, token, file);
  if (exchange.outcome !== 'answered' || exchange.status >= 300) {
    throw refusal({ method: 'POST', path, address }, exchange, [reveal(token)]);
  }
  await untilServer(server, 'sealed by the snapshot', async (one) => (await one.status()).sealed);
};
