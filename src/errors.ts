/**
 * Every way in which lab fails on purpose. Anything else that is thrown is a bug and shows its stack.
 * docs/errors.md has cause and cure of each.
 */
export type ErrorCode =
  | 'BAD_MANIFEST' // the user's YAML or flags
  | 'BAD_STATE' // a state file that cannot be read or written
  | 'CYCLE' // resources that need each other
  | 'UNREACHABLE' // no answer from a server, or not the server that was meant
  | 'UNAUTHENTICATED' // a server does not accept the credentials, or there are none
  | 'DENIED' // a server refuses this call to this identity
  | 'CONFLICT' // somebody else owns the field or the object
  | 'MOVED' // the object changed between read and write; the engine reads again
  | 'REJECTED' // a server does not accept what was sent
  | 'NOT_SETTLED' // written, but it did not become ready in time
  | 'MISSING_SOURCE' // a value is needed and its source has none
  | 'GUARD' // refused by lab itself: identity, data loss, approval
  | 'STALE' // the saved plan no longer fits
  | 'LOCKED' // another run holds the state
  | 'CANCELLED'; // the user stopped it

/** What goes with a LabError beside its message. Nothing here may hold a value of a spec or of an answer. */
export interface ErrorDetail {
  /** The resource it is about. */
  readonly address?: string;
  /** Where the user wrote it: `lab.yaml:41:13`. */
  readonly at?: string;
  /** What to do next, as one sentence or command. */
  readonly next?: string;
  /** The address of what grants it, where that is in the manifest: once it is written, the call may be made. */
  readonly until?: string;
}

/** The one error class: a code, what failed, where, and what to do next. Never holds a secret or an SDK's error. */
export class LabError extends Error {
  readonly code: ErrorCode;
  readonly detail: ErrorDetail;

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message);
    this.name = 'LabError';
    this.code = code;
    this.detail = detail;
  }
}

/** The same error, told of this place in the manifest: `lab.yaml:41:13`. */
export const writtenAt = (error: LabError, at: string): LabError =>
  new LabError(error.code, error.message, { ...error.detail, at });

/** The same error, now known to be about this address. */
export const about = (error: LabError, address: string): LabError =>
  error.detail.address === undefined ? new LabError(error.code, error.message, { ...error.detail, address }) : error;
