import { z } from 'zod';
import { defineKind } from '../../engine/define-kind.ts';
import type { ManagedCluster } from '../../engine/ports.ts';
import { LabError } from '../../errors.ts';
import { reveal } from '../../secrets/secret.ts';
import { members, text } from './json.ts';
import type { KubeClient } from './objects/object-api.ts';
import { openTokens } from './tokens.ts';
import type { Send } from './wire/call.ts';

/**
 * kubernetes.issuer/cluster: who signs the tokens of the cluster's service accounts. It is there wherever a cluster is,
 * and is only ever read: `#issuer` is the tokens' `iss` to the last slash, `#host` the same without https://.
 */
export const issuer = defineKind({
  kind: 'kubernetes.issuer',
  parts: [['cluster']],
  schema: z.strictObject({}),
  outputs: { issuer: {}, host: {} },
  ownership: 'fields',
  mark: 'none',
  writes: 'merge',
  precondition: 're-read',
  read: async ({ send, managed }: KubeClient) => {
    const found = (await discovered(send)) ?? (await claimed(send));
    if (found === undefined) throw new LabError('UNREACHABLE', 'the API server tells no issuer of its tokens');
    if (managed !== undefined) refuseOther(managed, found);
    return { exists: 'yes', spec: {}, outputs: { issuer: found, host: found.replace(/^https:\/\//, '') } };
  },
  write: async () => undefined,
  remove: async () => undefined,
});

/** The cloud publishes the keys of the issuer that it names, and of no other. */
const refuseOther = ({ name, issuer: published }: ManagedCluster, found: string): void => {
  if (published === undefined) {
    throw new LabError('REJECTED', `${name} publishes no issuer, so no cloud can check the tokens of ${found}`, {
      next: 'On AKS: az aks update --enable-oidc-issuer.',
    });
  }
  if (published === found) return;
  throw new LabError('CONFLICT', `${name} publishes the issuer ${published}, and its API server signs as ${found}`, {
    next: 'Wait until an update of the cluster has ended; every character counts, a slash at the end as well.',
  });
};

/** What OpenID discovery says; undefined for those who may not ask. */
const discovered = async (send: Send): Promise<string | undefined> => {
  const { body } = await send({ method: 'GET', path: '/.well-known/openid-configuration', expects: [403] });
  return text(members(body)['issuer']);
};

// Nobody is let in with this token: it is only looked at, so its signature does not matter.
const claimed = async (send: Send): Promise<string | undefined> => {
  const token = await openTokens(send).token({ namespace: 'default', name: 'default' }, []);
  const [, claims = ''] = reveal(token).split('.');
  return text(members(parse(Buffer.from(claims, 'base64url').toString('utf8')))['iss']);
};

const parse = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
};
