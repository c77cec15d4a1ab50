import type { Answer, Request } from '../http.ts';
import { parseBody } from './body.ts';
import { answerByShares, isByShares } from './by-shares.ts';
import type { Vault } from './endpoint.ts';
import { health, leader, type Plain, sealStatus } from './health.ts';
import type { Memory } from './memory.ts';
import { type Result, refused } from './result.ts';
import { route, type VaultRequest } from './router.ts';
import { init, unseal } from './seal.ts';
import { plainAnswer, toAnswer } from './wire.ts';
import { answerWrapping, wrap, wrapSeconds } from './wrapping.ts';

const methods: Readonly<Record<string, VaultRequest['method']>> = {
  GET: 'read',
  POST: 'write',
  PUT: 'write',
  PATCH: 'patch',
  DELETE: 'delete',
  LIST: 'list',
};

/** Answers one HTTP request in whatever state the Vault is. */
export const answer = async (vault: Vault, memory: Memory, request: Request): Promise<Answer> => {
  if (request.path.includes('//')) {
    return { status: 307, headers: { location: request.path.replace(/\/+/g, '/') } };
  }
  const path = pathOf(request.path);
  if (path === undefined) return { status: 404, text: '404 page not found\n' };
  const open = await answerOpen(vault, memory, path, request);
  if (open !== undefined) return 'is' in open ? toAnswer(open, '') : plainAnswer(open.status, open.json);
  const { state } = vault.content;
  if (state === 'uninitialised' || state === 'sealed') return toAnswer(refused(503, 'Vault is sealed'), '');
  if (state === 'standby') {
    return toAnswer(refused(500, 'local node not active but active cluster node not found'), '');
  }
  return answerActive(vault, path, request);
};

/** The paths that need neither a token nor an unsealed Vault. */
const answerOpen = async (
  vault: Vault,
  memory: Memory,
  path: string,
  request: Request,
): Promise<Plain | Result | undefined> => {
  const { content } = vault;
  const { unsealing } = memory;
  const { method, query, body } = request;
  if (isByShares(path)) {
    const result = await answerByShares(content, memory, path, request);
    vault.changed();
    return result;
  }
  const isRead = method === 'GET' || method === 'HEAD';
  const isWrite = method === 'PUT' || method === 'POST';
  const wrongMethod = refused(405);
  switch (path) {
    case 'sys/health':
      return isRead ? health(content, query) : wrongMethod;
    case 'sys/leader':
      return isRead ? leader : wrongMethod;
    case 'sys/seal-status':
      return isRead ? sealStatus(content, unsealing) : wrongMethod;
    case 'sys/init': {
      if (isRead) return { status: 200, json: { initialized: content.state !== 'uninitialised' } };
      if (!isWrite) return wrongMethod;
      const parsed = parseBody(body);
      const result = parsed.ok ? await init(content, parsed.body) : refused(400, parsed.error);
      vault.changed();
      return result;
    }
    case 'sys/unseal': {
      if (!isWrite) return wrongMethod;
      const parsed = parseBody(body);
      const result = parsed.ok ? unseal(content, unsealing, parsed.body) : refused(400, parsed.error);
      vault.changed();
      return result;
    }
    default:
      return undefined;
  }
};

const answerActive = async (vault: Vault, path: string, request: Request): Promise<Answer> => {
  const method = methods[request.method];
  if (method === undefined) return toAnswer(refused(405), '');
  const mediaType = request.headers['content-type'] ?? '';
  if (method === 'patch' && mediaType !== 'application/merge-patch+json') {
    return toAnswer(
      refused(415, `PATCH requires Content-Type of application/merge-patch+json, provided ${mediaType}`),
      '',
    );
  }
  const isList = method === 'list' || (method === 'read' && request.query.get('list') === 'true');
  if (method === 'write' && path.endsWith('/')) {
    return toAnswer(refused(400, "cannot write to a path ending in '/'"), '');
  }
  const parsed = method === 'write' || method === 'patch' ? parseBody(request.body) : undefined;
  if (parsed?.ok === false) return toAnswer(refused(400, `error parsing JSON: ${parsed.error}`), '');
  const asked: VaultRequest = {
    method: isList ? 'list' : method,
    path: isList ? `${path.replace(/\/$/, '')}/` : path,
    body: parsed?.body ?? Object.fromEntries(request.query),
    tokenId: tokenOf(request.headers),
  };
  const ttl = wrapSeconds(request.headers['x-vault-wrap-ttl']);
  if (typeof ttl !== 'number') return toAnswer(ttl, '');
  return answerWrapping(vault, asked) ?? wrap(vault, { path, ttl }, await route(vault, asked));
};

const tokenOf = (headers: Request['headers']): string =>
  headers['x-vault-token'] ?? /^Bearer (.+)$/.exec(headers['authorization'] ?? '')?.[1] ?? '';

/** The path below `/v1/`, decoded; undefined for what lies elsewhere or cannot be decoded. */
const pathOf = (raw: string): string | undefined => {
  if (!raw.startsWith('/v1/')) return undefined;
  try {
    return decodeURIComponent(raw.slice('/v1/'.length));
  } catch {
    return undefined;
  }
};
