import type { Request } from '../http.ts';
import { parseBody } from './body.ts';
import type { Content } from './content.ts';
import { beginRoot, cancelRoot, rootStatus, updateRoot } from './generate-root.ts';
import type { Plain } from './health.ts';
import type { Memory } from './memory.ts';
import { beginRekey, cancelRekey, rekeyStatus, updateRekey, verifyRekey, verifyStatus } from './rekey.ts';
import { type Result, refused } from './result.ts';

type Body = Readonly<Record<string, unknown>>;

type Handler = (content: Content, memory: Memory, body: Body) => Promise<Plain | Result> | Plain | Result;

type Verb = 'read' | 'write' | 'delete';

const handlers: Readonly<Record<string, Partial<Record<Verb, Handler>>>> = {
  'sys/rekey/init': {
    read: (content, { rekeying }) => rekeyStatus(content, rekeying),
    write: (content, { rekeying }, body) => beginRekey(content, rekeying, body),
    delete: (_, { rekeying }, body) => cancelRekey(rekeying, body),
  },
  'sys/rekey/update': { write: (content, { rekeying }, body) => updateRekey(content, rekeying, body) },
  'sys/rekey/verify': {
    read: (_, { rekeying }) => verifyStatus(rekeying),
    write: (content, { rekeying }, body) => verifyRekey(content, rekeying, body),
  },
  'sys/rekey-recovery-key/init': { read: () => refused(400, 'recovery rekeying not supported') },
  'sys/generate-root/attempt': {
    read: (content, { attempt }) => rootStatus(content, attempt),
    write: (content, { attempt }) => beginRoot(content, attempt),
    delete: (_, { attempt }) => cancelRoot(attempt),
  },
  'sys/generate-root/update': { write: (content, { attempt }, body) => updateRoot(content, attempt, body) },
};

const verbs: Readonly<Record<string, Verb>> = { GET: 'read', PUT: 'write', POST: 'write', DELETE: 'delete' };

/** Whether a path is for whoever has shares, and no token. */
export const isByShares = (path: string): boolean => Object.hasOwn(handlers, path);

/** What is done by the hand of whoever has shares: new ones, and a new root token. */
export const answerByShares = async (
  content: Content,
  memory: Memory,
  path: string,
  { method, body }: Pick<Request, 'method' | 'body'>,
): Promise<Plain | Result> => {
  if (content.state !== 'active') return refused(503, 'node is not active');
  const handler = handlers[path]?.[verbs[method] ?? 'read'];
  if (handler === undefined) return refused(405);
  if (method === 'DELETE' && path === 'sys/rekey/init' && body === '') return refused(400, 'EOF');
  const parsed = parseBody(body);
  return parsed.ok ? handler(content, memory, parsed.body) : refused(400, parsed.error);
};
