import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';

/** A Vault that the suite may use as root, beside others who use it too. */
export interface VaultUnderTest {
  readonly address: string;
  readonly token: string;
}

/** What the suite takes out of answers; it compares them as wholes. */
export interface VaultBody {
  readonly [member: string]: unknown;
  readonly data: VaultData;
  readonly auth: { readonly client_token: string; readonly accessor: string; readonly [member: string]: unknown };
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  /** Of init. */
  readonly keys: string[];
  readonly keys_base64: string[];
  readonly root_token: string;
}

/** The same of `data`. */
export interface VaultData {
  readonly [member: string]: unknown;
  readonly keys: readonly string[];
  readonly versions: Readonly<Record<string, unknown>>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly metadata: unknown;
}

/** Status and parsed body; '' for an empty one. */
export interface VaultAnswer {
  readonly status: number;
  readonly body: VaultBody;
}

/** An answer as it should be. */
export interface Expected {
  readonly status: number;
  readonly body: unknown;
}

/** One call below `/v1/`; as root unless another token is given, '' for none. */
export type Call = (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  options?: { readonly token?: string; readonly headers?: Readonly<Record<string, string>> },
) => Promise<VaultAnswer>;

/** Makes calls that go through nothing of lab. */
export const callerOf =
  (vault: () => VaultUnderTest): Call =>
  async (method, path, body, { token = vault().token, headers = {} } = {}) => {
    const mediaType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const response = await fetch(`${vault().address}/v1/${path}`, {
      method,
      headers: {
        ...(token === '' ? {} : { 'x-vault-token': token }),
        ...(body === undefined ? {} : { 'content-type': mediaType }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? '' : JSON.parse(text) };
  };

/** A name that no other test uses. */
export const uniqueName = (stem: string): string => `${stem}-${randomBytes(4).toString('hex')}`;

/** 204, as it should be. */
export const done = { status: 204, body: '' };

/** A refusal with these texts. */
export const refused = (status: number, ...errors: readonly string[]): Expected => ({ status, body: { errors } });

/** The whole of an answer that carries something. `mountType` is that of the mount which answered. */
export const answered = (
  mountType: string,
  carried: { readonly data?: unknown; readonly auth?: unknown; readonly warnings?: readonly string[] },
  more: { readonly status?: number; readonly repeated?: object } = {},
): Expected => ({
  status: more.status ?? 200,
  body: {
    ...more.repeated,
    request_id: expect.any(String),
    lease_id: '',
    renewable: false,
    lease_duration: 0,
    data: carried.data ?? null,
    wrap_info: null,
    warnings: carried.warnings ?? null,
    auth: carried.auth ?? null,
    mount_type: mountType,
  },
});

/** Data that old paths below sys/ say twice. */
export const repeated = (data: object): Expected => answered('system', { data }, { repeated: data });

/** Several complaints in the form of Go's multierror. */
export const together = (...complaints: readonly string[]): string =>
  `${complaints.length} error${complaints.length === 1 ? '' : 's'} occurred:\n${complaints.map((line) => `\t* ${line}\n`).join('')}\n`;

/** What a token without the right gets. */
export const forbidden = refused(403, together('permission denied'));
