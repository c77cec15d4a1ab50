import { Agent, request } from 'undici';
import type { ReviewToken } from '../endpoint.ts';
import { isMap } from '../fields.ts';

/** Asks the API server at `host` by TokenReview, as Vault's plugin does. Whatever goes wrong counts as not accepted. */
export const reviewToken: ReviewToken = async ({ host, ca, bearer, jwt, audiences }) => {
  const agent = new Agent({ connect: ca === '' ? {} : { ca } });
  try {
    const response = await request(`${host.replace(/\/$/, '')}/apis/authentication.k8s.io/v1/tokenreviews`, {
      dispatcher: agent,
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
      body: JSON.stringify({
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenReview',
        spec: { token: jwt, audiences },
      }),
      headersTimeout: 10_000,
    });
    const review = await response.body.json();
    return response.statusCode < 300 ? userOf(review, audiences) : undefined;
  } catch {
    return undefined;
  } finally {
    await agent.destroy();
  }
};

const userOf = (review: unknown, wanted: readonly string[]): Awaited<ReturnType<ReviewToken>> => {
  const status = isMap(review) ? review['status'] : undefined;
  if (!isMap(status) || status['authenticated'] !== true || !isMap(status['user'])) return undefined;
  const granted = Array.isArray(status['audiences']) ? status['audiences'] : [];
  if (wanted.length > 0 && !wanted.some((audience) => granted.includes(audience))) return undefined;
  const { username, uid } = status['user'];
  return typeof username === 'string' && typeof uid === 'string' ? { username, uid } : undefined;
};
