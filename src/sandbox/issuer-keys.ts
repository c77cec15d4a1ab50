import { z } from 'zod';
import { callApi } from './external-secrets/readers/api-call.ts';
import type { SandboxKubernetes } from './kubernetes/start.ts';
import type { KeySet } from './signed-token.ts';

const discovery = z.object({ issuer: z.string(), jwks_uri: z.string() });
const keySet = z.object({
  keys: z.array(z.object({ kid: z.string(), kty: z.string(), n: z.string(), e: z.string() })),
});

/** The keys of the sandbox's cluster, for clouds that check its tokens; undefined for any other issuer, which is not reached. */
export const clusterKeys = async (
  { url, caPem, token }: Pick<SandboxKubernetes, 'url' | 'caPem' | 'token'>,
  issuer: string,
): Promise<KeySet | undefined> => {
  const get = async (address: string): Promise<unknown> => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await callApi({ method: 'GET', url: address, headers, authority: caPem });
    return typeof answer === 'string' ? undefined : answer.body;
  };
  const found = discovery.parse(await get(`${url}/.well-known/openid-configuration`));
  return found.issuer === issuer ? keySet.parse(await get(found.jwks_uri)) : undefined;
};
