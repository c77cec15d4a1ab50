import { z } from 'zod';
import { defineKind } from '../../engine/define-kind.ts';
import { LabError } from '../../errors.ts';
import { members, text } from './json.ts';
import type { KubeClient } from './object-api.ts';

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
  read: async ({ send }: KubeClient) => {
    const answer = await send({ method: 'GET', path: '/.well-known/openid-configuration' });
    const found = text(members(answer.body)['issuer']);
    if (found === undefined) throw new LabError('UNREACHABLE', 'the API server answered discovery without an issuer');
    return { exists: 'yes', spec: {}, outputs: { issuer: found, host: found.replace(/^https:\/\//, '') } };
  },
  write: async () => undefined,
  remove: async () => undefined,
});
