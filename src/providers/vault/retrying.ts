import { setTimeout as pause } from 'node:timers/promises';
import { LabError } from '../../errors.ts';
import { mayRetry } from './refusal.ts';
import type { Call, Exchange } from './transport.ts';

const defaultPauses = [100, 200, 400, 800, 1_600, 3_200];

/** How long to go on: milliseconds before each further try, the one retry budget of a call. */
export interface Patience {
  readonly pauses?: readonly number[];
  readonly signal: AbortSignal;
}

/** Sends a call, and again where that is harmless and may help. */
export const retrying = async (
  { pauses = defaultPauses, signal }: Patience,
  method: Call['method'],
  send: () => Promise<Exchange>,
): Promise<Exchange> => {
  for (const ms of pauses) {
    const exchange = await send();
    if (!mayRetry(method, exchange)) return exchange;
    await rest(Math.max(ms * (0.5 + Math.random()), retryAfterMs(exchange)), signal);
  }
  return send();
};

const cutPauses = [50, 200, 500];

/** Sends a call that only asks, and again where its connection was cut: a tunnel ends with the pod that it leads to. */
export const despiteCuts = async (signal: AbortSignal, ask: () => Promise<Exchange>): Promise<Exchange> => {
  for (const ms of cutPauses) {
    const exchange = await ask();
    const isCut = exchange.outcome === 'failed' && exchange.sent && exchange.code !== 'ETIMEDOUT';
    if (!isCut) return exchange;
    await rest(ms, signal);
  }
  return ask();
};

const retryAfterMs = (exchange: Exchange): number =>
  exchange.outcome === 'answered' ? Math.min(exchange.retryAfter ?? 0, 30) * 1_000 : 0;

const rest = async (ms: number, signal: AbortSignal): Promise<void> => {
  try {
    await pause(ms, undefined, { signal });
  } catch {
    throw new LabError('CANCELLED', 'The call to Vault was cancelled');
  }
};
