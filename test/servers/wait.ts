import { setTimeout as sleep } from 'node:timers/promises';

/** What to wait for; `hopeless` may say, before the deadline, why it can no longer come. */
export type Wait = {
  what: string;
  until: () => Promise<boolean>;
  seconds: number;
  hopeless?: () => string | undefined;
};

/** Polls until the condition holds. A throwing condition counts as "not yet"; its last error is in the message. */
export async function waitFor({ what, until, seconds, hopeless }: Wait): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  let lastError = '';
  while (Date.now() < deadline) {
    const because = hopeless?.();
    if (because !== undefined) throw new Error(`gave up waiting for ${what}: ${because}`);
    try {
      if (await until()) return;
    } catch (error) {
      lastError = `; last error: ${reasonOf(error)}`;
    }
    await sleep(50);
  }
  throw new Error(`${what}: not so after ${seconds} s${lastError}`);
}

/** Whether an address answers with one of these statuses, or with any when none is named. */
export async function answers(url: string, ...statuses: readonly number[]): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
  await response.body?.cancel();
  return statuses.length === 0 || statuses.includes(response.status);
}

/** The innermost message of an error; fetch hides the useful one ("connect ECONNREFUSED …") in `cause`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : reasonOf(error.cause);
}
