import type { Answer } from '../http.ts';
import { type Content, entryOf, type WrappedAnswer } from './content.ts';
import { parseDuration } from './duration.ts';
import type { Vault } from './endpoint.ts';
import { found, type Result, refused, together } from './result.ts';
import type { VaultRequest } from './router.ts';
import { randomLetters } from './tokens.ts';
import { envelope, plainAnswer, toAnswer } from './wire.ts';

const notValid = refused(400, 'wrapping token is not valid or does not exist');

const keptFor = (content: Content, token: string): WrappedAnswer | undefined => {
  const kept = entryOf(content.wrapped, token);
  return kept === undefined || kept.createdAt + kept.ttl * 1000 <= Date.now() ? undefined : kept;
};

/** Seconds for which the header asks to keep the answer, 0 without one; or how Vault refuses it. */
export const wrapSeconds = (header: string | undefined): number | Result => {
  const parsed = parseDuration(header ?? '');
  return parsed.ok ? parsed.seconds : refused(400, `error parsing X-Vault-Wrap-TTL header: ${parsed.error}`);
};

/** What is answered in place of data: a token that has it once. Refusals and answers without data are as they are. */
export const wrap = (
  vault: Vault,
  asked: { readonly path: string; readonly ttl: number },
  answered: { readonly result: Result; readonly mountType: string },
): Answer => {
  const { result, mountType } = answered;
  if (asked.ttl <= 0 || result.is !== 'data' || result.status !== 200) return toAnswer(result, mountType);
  const token = `hvs.${randomLetters(90)}`;
  const createdAt = Date.now();
  vault.content.wrapped[token] = { ...asked, ...answered, createdAt };
  vault.changed();
  return plainAnswer(200, {
    ...envelope({ data: null }),
    request_id: '',
    wrap_info: {
      token,
      accessor: randomLetters(24),
      ttl: asked.ttl,
      creation_time: new Date(createdAt).toISOString(),
      creation_path: asked.path,
      wrapped_accessor: result.data?.['secret_id_accessor'] ?? result.auth?.['accessor'] ?? '',
    },
    mount_type: '',
  });
};

/** `sys/wrapping/…`, and every call with a wrapping token; undefined for all others. */
export const answerWrapping = (vault: Vault, { path, method, body, tokenId }: VaultRequest): Answer | undefined => {
  const given = typeof body['token'] === 'string' && body['token'] !== '' ? body['token'] : tokenId;
  const kept = keptFor(vault.content, given);
  if (path === 'sys/wrapping/lookup') {
    if (kept === undefined) return toAnswer(notValid, '');
    const { path: creation_path, ttl, createdAt } = kept;
    const creation_time = new Date(createdAt).toISOString();
    return toAnswer(found({ creation_path, creation_time, creation_ttl: ttl }), '');
  }
  const isUnwrapping = path === 'sys/wrapping/unwrap' && method === 'write';
  if (isUnwrapping && kept === undefined) return toAnswer(notValid, '');
  if (!isUnwrapping && keptFor(vault.content, tokenId) === undefined) return undefined;
  // Good for one call, whichever it is.
  delete vault.content.wrapped[isUnwrapping ? given : tokenId];
  vault.changed();
  return isUnwrapping && kept !== undefined
    ? toAnswer(kept.result, kept.mountType)
    : toAnswer(refused(403, together(['permission denied'])), '');
};
