import { timingSafeEqual } from 'node:crypto';
import type { Request } from '../../http.ts';
import type { Cluster } from '../cluster.ts';
import { refuse } from '../refusal.ts';
import { issuer, reviewToken, type User } from './tokens.ts';

const administrator: User = { name: 'admin', groups: ['system:masters', 'system:authenticated'] };
const anonymous: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

/** Who sends a request. Throws 401 for a token that is worth nothing. */
export const authenticate = (cluster: Cluster, { headers }: Request): User => {
  const { authorization = '' } = headers;
  if (authorization === '') return anonymous;
  const token = /^Bearer\s+(\S+)$/i.exec(authorization)?.[1] ?? '';
  if (isEqual(token, cluster.credentials.token)) return administrator;
  const guest = cluster.guest(token);
  if (guest !== undefined) return { name: guest, groups: administrator.groups };
  const verdict = reviewToken(cluster, token, [issuer]);
  return 'user' in verdict ? verdict.user : refuse({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' });
};

const isEqual = (given: string, wanted: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
};
