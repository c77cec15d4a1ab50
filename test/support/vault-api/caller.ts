import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';

/** A Vault that the suite may use as root, beside others who use it too. */
export interface VaultUnderTest {
  readonly address: string;
  readonly token: string;
}

/** Status and parsed body; '' for an empty one. */
export interface VaultAnswer {
  readonly status: number;
  // The suite compares whole bodies; their shape is what is under test.
  readonly body: any;
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
export const refused = (status: number, ...errors: readonly string[]): VaultAnswer => ({ status, body: { errors } });

/** The whole of an answer that carries something. `mountType` is that of the mount which answered. */
export const answered = (
  mountType: string,
  carried: { readonly data?: unknown; readonly auth?: unknown; readonly warnings?: readonly string[] },
  more: { readonly status?: number; readonly repeated?: object } = {},
): VaultAnswer => ({
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
export const repeated = (data: object): VaultAnswer => answered('system', { data }, { repeated: data });

/** Several complaints in the form of Go's multierror. */
export const together = (...complaints: readonly string[]): string =>
  `${complaints.length} error${complaints.length === 1 ? '' : 's'} occurred:\n${complaints.map((line) => `\t* ${line}\n`).join('')}\n`;

/** What a token without the right gets. */
export const forbidden = refused(403, together('permission denied'));
