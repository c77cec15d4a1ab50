import type { TokenIssuer } from '../../engine/ports.ts';
import { LabError } from '../../errors.ts';
import { secret } from '../../secrets/secret.ts';
import { members, text } from './json.ts';
import type { Send } from './wire/call.ts';
import { isNotFound } from './wire/refusal.ts';

// The shortest life that the API server grants.
const lifetimeSeconds = 600;

/** Short-lived tokens by the TokenRequest API, which stores nothing. No audiences: those of the API server. */
export const openTokens = (send: Send): TokenIssuer => ({
  token: async ({ namespace, name }, audiences) => {
    const answer = await send({
      method: 'POST',
      path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${encodeURIComponent(name)}/token`,
      body: {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { expirationSeconds: lifetimeSeconds, ...(audiences.length === 0 ? {} : { audiences }) },
      },
      expects: [404],
    });
    const token = text(members(members(answer.body)['status'])['token']);
    if (token !== undefined) return secret(token);
    if (isNotFound(answer)) {
      throw new LabError('REJECTED', `there is no service account ${namespace}/${name} to take a token of`);
    }
    throw new LabError('UNREACHABLE', 'the API server answered a TokenRequest without a token');
  },
});
