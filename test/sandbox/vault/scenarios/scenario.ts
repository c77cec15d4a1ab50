/** One request below `/v1/`. `{name}` in path, body and token stands for what an earlier answer carried, {address} for Vault's own. */
export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** Default: the root token; '' for none. */
  readonly token?: string;
  /** Default: application/json, for a PATCH application/merge-patch+json. */
  readonly contentType?: string;
  /** For how long Vault is to keep the answer, and give a token that has it once. */
  readonly wrap?: string;
  /** Names for members of the answer, by their paths in it. */
  readonly keep?: Readonly<Record<string, readonly (string | number)[]>>;
}

/** Requests in order. Each scenario uses mounts and names of its own, so all of them may share a Vault. */
export type Scenario = readonly Request[];

/** A read. */
export const read = (path: string): Request => ({ method: 'GET', path });

/** A write. */
export const write = (path: string, body: unknown = {}): Request => ({ method: 'POST', path, body });

/** The removal of an object. */
export const remove = (path: string): Request => ({ method: 'DELETE', path });
