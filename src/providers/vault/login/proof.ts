import { z } from 'zod';
import type { Probe } from '../../../engine/resource.ts';
import { LabError } from '../../../errors.ts';
import type { Secret } from '../../../secrets/secret.ts';
import type { VaultCalls, VaultClient } from '../client.ts';
import type { Attempt } from './login.ts';

const self = z.object({ policies: z.array(z.string()) });

/**
 * Logs in as `who`, sees that the token has the policies of the role, and what else it is to prove, and ends the token.
 */
export const proveLogin = async (
  client: VaultClient,
  who: string,
  attempt: Attempt,
  policies: readonly string[],
  further: (token: VaultCalls) => Promise<readonly Probe[]> = async () => [],
): Promise<readonly Probe[]> => {
  const check = `login: ${who}`;
  try {
    const token = await client.logIn(attempt);
    try {
      const given = await policiesOf(client, token);
      const missing = policies.filter((name) => given?.includes(name) === false);
      const entered: Probe =
        missing.length === 0
          ? { is: 'proven', check: `${check}, with ${policies.join(', ') || 'no policy'}` }
          : {
              is: 'failed',
              check,
              expected: `policies ${policies.join(', ')}`,
              found: `without ${missing.join(', ')}`,
            };
      return [entered, ...(await further(client.withToken(token)))];
    } finally {
      await endToken(client, token);
    }
  } catch (error) {
    if (!(error instanceof LabError) || error.code !== 'UNAUTHENTICATED') throw error;
    const next = 'Compare the role and the configuration of its auth method with who logs in.';
    return [{ is: 'failed', check, expected: 'is let in', found: error.message, next }];
  }
};

/** undefined for a token that may not look itself up, because it is without the policy `default`. */
const policiesOf = async (client: VaultClient, token: Secret): Promise<readonly string[] | undefined> => {
  try {
    return (await client.withToken(token).read(['auth', 'token', 'lookup-self'], self))?.policies;
  } catch (error) {
    if (error instanceof LabError && error.code === 'DENIED') return undefined;
    throw error;
  }
};

const endToken = async (client: VaultClient, token: Secret): Promise<void> => {
  try {
    await client.withToken(token).write('POST', ['auth', 'token', 'revoke-self'], {});
  } catch (error) {
    if (!(error instanceof LabError) || error.code !== 'DENIED') throw error;
    await client.write('POST', ['auth', 'token', 'revoke'], { token });
  }
};
