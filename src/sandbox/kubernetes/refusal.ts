import type { JsonMap } from './json.ts';

/** What a failing answer says: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
export interface Failure {
  readonly code: number;
  readonly message: string;
  readonly reason?: string;
  readonly details?: JsonMap;
}

/** One thing that is wrong with an object. `field`: `spec.size`. */
export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** Which object a failure is about; `plural` as in paths. */
export interface Named {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
  readonly name: string;
}

const failures = new WeakMap<Error, Failure>();

/** Ends the request: whoever answers it finds the failure with `failureIn`. */
export const refuse = (failure: Failure): never => {
  const error = new Error(failure.message);
  failures.set(error, failure);
  throw error;
};

/** The failure that an error stands for; undefined for every other error, which is a bug. */
export const failureIn = (error: unknown): Failure | undefined =>
  error instanceof Error ? failures.get(error) : undefined;

/** A failure as the answer's body. */
export const statusOf = ({ code, message, reason, details }: Failure): JsonMap => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  ...(reason === undefined ? {} : { reason }),
  ...(details === undefined ? {} : { details }),
  code,
});

const qualified = (word: string, group: string): string => (group === '' ? word : `${word}.${group}`);

const about = ({ group, name }: Named, kind: string): JsonMap => ({
  ...(name === '' ? {} : { name }),
  ...(group === '' ? {} : { group }),
  kind,
});

/** 400: the request cannot be read. */
export const badRequest = (message: string): never => refuse({ code: 400, reason: 'BadRequest', message });

/** A 500 of the server itself: it has a message and no reason. */
export const internal = (message: string): never => refuse({ code: 500, message });

/** 404: there is no such object. */
export const notFound = (named: Named): never =>
  refuse({
    code: 404,
    reason: 'NotFound',
    message: `${qualified(named.plural, named.group)} "${named.name}" not found`,
    details: about(named, named.plural),
  });

/** 409: the name is taken. */
export const alreadyExists = (named: Named): never =>
  refuse({
    code: 409,
    reason: 'AlreadyExists',
    message: `${qualified(named.plural, named.group)} "${named.name}" already exists`,
    details: about(named, named.plural),
  });

/** The object is not in the state that the request was made for. */
export const conflict = (named: Named, because: string, as: 'plural' | 'kind' = 'plural'): never =>
  refuse({
    code: 409,
    reason: 'Conflict',
    message: `Operation cannot be fulfilled on ${qualified(named[as], named.group)} "${named.name}": ${because}`,
    details: about(named, named[as]),
  });

/** 403: not for this user, or not in this state. */
export const forbidden = (named: Named, because: string, causes: readonly Cause[] = []): never =>
  refuse({
    code: 403,
    reason: 'Forbidden',
    message: `${qualified(named.plural, named.group)}${named.name === '' ? '' : ` "${named.name}"`} is forbidden: ${because}`,
    details: { ...about(named, named.plural), ...(causes.length === 0 ? {} : { causes: causes.map(asJson) }) },
  });

/** What is wrong with an object; does nothing if nothing is. */
export const refuseInvalid = (named: Omit<Named, 'plural'>, causes: readonly Cause[]): void => {
  if (causes.length === 0) return;
  const said = causes.map(({ field, message }) => `${field}: ${message}`);
  const { name, group, kind } = named;
  refuse({
    code: 422,
    reason: 'Invalid',
    message: `${qualified(kind, group)} "${name}" is invalid: ${said.length === 1 ? said[0] : `[${said.join(', ')}]`}`,
    details: {
      ...(name === '' ? {} : { name }),
      ...(group === '' ? {} : { group }),
      kind,
      causes: causes.map(asJson),
    },
  });
};

const asJson = ({ reason, message, field }: Cause): JsonMap => ({ reason, message, field });

/** 415: a body in a format that is not read here. */
export const unsupportedMedia = (): never =>
  refuse({
    code: 415,
    reason: 'UnsupportedMediaType',
    message:
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  });

/** The server serves nothing at this path. */
export const unknownResource = (): never =>
  refuse({
    code: 404,
    reason: 'NotFound',
    message: 'the server could not find the requested resource',
    details: {},
  });

/** 405: the path is served, but not for this method. */
export const methodNotAllowed = (): never =>
  refuse({
    code: 405,
    reason: 'MethodNotAllowed',
    message: 'the server does not allow this method on the requested resource',
    details: {},
  });
