import type { RestError } from '@azure/keyvault-secrets';
import { z } from 'zod';

/** What came of a call that did not succeed, as data: no error of the SDK, which holds requests, travels further. */
export type Failure =
  | {
      readonly is: 'answered';
      readonly status: number;
      /** `SecretNotFound`; '' if the body was not Key Vault's. */
      readonly code: string;
      /** `ObjectIsBeingDeleted`, ''. */
      readonly inner: string;
      /** The server's own text. */
      readonly text: string;
      readonly retryAfter?: number;
      readonly location?: string;
    }
  /** `sent`: whether the server may have acted on it. `code`: Node's name for the failure. */
  | { readonly is: 'unanswered'; readonly code: string; readonly sent: boolean };

const refusalBody = z.object({
  error: z.object({
    code: z.string().catch(''),
    message: z.string().catch(''),
    innererror: z.object({ code: z.string().catch('') }).nullish(),
  }),
});

/** Takes an SDK's error apart. `body` is the text of the answer, which the SDK itself forgets where a list was asked for. */
export const failureOf = (error: RestError, body: string): Failure => {
  if (error.statusCode === undefined) return unanswered(error.code ?? 'unknown');
  const said = refusalBody.safeParse(parse(body)).data?.error;
  const retryAfter = error.response?.headers.get('retry-after') ?? '';
  const location = error.response?.headers.get('location');
  return {
    is: 'answered',
    status: error.statusCode,
    code: said?.code ?? '',
    inner: said?.innererror?.code ?? '',
    text: (said?.message ?? '').trim().replace(/\s+/g, ' '),
    ...(/^\d+$/.test(retryAfter) ? { retryAfter: Number(retryAfter) } : {}),
    ...(location === undefined ? {} : { location }),
  };
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** A call that no answer came for. */
export const unanswered = (code: string): Failure => ({ is: 'unanswered', code, sent: !beforeSend(code) });

/** Whether a failure is one of verifying the server's certificate: something answers, and it is not who was meant. */
export const isTlsFailure = (code: string): boolean => /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code);

const beforeSend = (code: string): boolean =>
  isTlsFailure(code) ||
  ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ERR_PROXY_TUNNEL'].includes(code);

// A name that nobody has will not be given out within seconds, and a proxy does not change its rules.
const isFinal = (code: string): boolean => isTlsFailure(code) || ['ENOTFOUND', 'ERR_PROXY_TUNNEL'].includes(code);

/** Whether sending the same call again is harmless and may help. The only place that decides so. */
export const mayRetry = (failure: Failure, idempotent: boolean): boolean => {
  if (failure.is === 'unanswered') return !isFinal(failure.code) && (!failure.sent || idempotent);
  if (failure.status === 429) return true;
  return idempotent && [408, 500, 502, 503, 504].includes(failure.status);
};

/** For people, where it is an answer and no error of lab's own: `403 Forbidden (ForbiddenByRbac): Caller is not …`. */
export const describeFailure = (failure: Failure): string => {
  if (failure.is === 'unanswered') return `no answer (${failure.code})`;
  const { status, code, inner, text } = failure;
  const [said = ''] = text.split(' Assignment: ');
  const name = inner === '' ? code : `${code} (${inner})`;
  return [`${status} ${name}`.trim(), said.slice(0, 300)].filter((part) => part !== '').join(': ');
};
