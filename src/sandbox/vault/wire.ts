import type { Answer } from '../http.ts';
import type { Data, Result } from './result.ts';

const headers = { 'cache-control': 'no-store', 'content-type': 'application/json' } as const;

/** A result as Vault puts it on the wire. `mountType` is of the mount that answered. */
export const toAnswer = (result: Result, mountType: string): Answer => {
  switch (result.is) {
    case 'done':
      return { status: 204, headers };
    case 'bare':
      return { status: result.status, headers };
    case 'plain':
      return plainAnswer(200, result.json);
    case 'refused':
      return { status: result.status, headers, json: { errors: result.errors } };
    case 'data':
      return {
        status: result.status,
        headers,
        json: {
          ...(result.repeated === true ? result.data : {}),
          ...envelope(result),
          mount_type: result.status === 200 ? mountType : '',
        },
      };
  }
};

/** What goes around the data of every answer. */
export const envelope = ({ data, auth, warnings, lease }: Omit<Extract<Result, { is: 'data' }>, 'is' | 'status'>) => ({
  request_id: crypto.randomUUID(),
  lease_id: lease?.id ?? '',
  renewable: lease?.renewable ?? false,
  lease_duration: lease?.duration ?? 0,
  data,
  wrap_info: null,
  warnings: warnings ?? null,
  auth: auth ?? null,
});

/** An answer of its own form. */
export const plainAnswer = (status: number, json: Data): Answer => ({ status, headers, json });
