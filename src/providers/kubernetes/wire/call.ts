/** One request to the API server. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Starts with a slash; may carry a query. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Default application/json. */
  readonly contentType?: string;
  /** Default application/json. */
  readonly accept?: string;
  /** Failing statuses that the caller wants to see; any other one throws. */
  readonly expects?: readonly number[];
  /** Never sent again once the server may have worked on it. */
  readonly once?: true;
}

/** What the server answered: a 2xx, or a status that the call expects. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** The one way to the API server. Throws LabError for everything that is no Answer. */
export type Send = (call: Call) => Promise<Answer>;

// The answers to these are all they are made for: they persist nothing, so plan and drift may send them too.
const askingPosts = [
  /^\/apis\/authorization\.k8s\.io\/v1\/selfsubject(access|rules)reviews$/,
  /^\/api\/v1\/namespaces\/[^/]+\/serviceaccounts\/[^/]+\/token$/,
];

/** Whether a call changes the cluster. */
export const persists = ({ method, path }: Pick<Call, 'method' | 'path'>): boolean =>
  method !== 'GET' && !(method === 'POST' && askingPosts.some((asking) => asking.test(path)));

/** Whether request and answer of a call can hold the data of Secrets. */
export const holdsSecrets = ({ path }: Pick<Call, 'path'>): boolean => /\/secrets([/?]|$)/.test(path);
