import { type ErrorCode, LabError } from '../../errors.ts';
import { needles } from '../../secrets/needles.ts';
import { reveal, type Secret } from '../../secrets/secret.ts';

/** A call as it may be shown: `DescribeSecret of crossplane-aws in eu-west-1`. */
export interface ShownCall {
  readonly operation: string;
  /** What it was about; absent for calls about nobody in particular. */
  readonly subject?: string;
  readonly region: string;
  /** The prefix of its actions in policies; default: sts for GetCallerIdentity, else secretsmanager. */
  readonly service?: string;
}

interface Meaning {
  readonly code: ErrorCode;
  readonly next?: string;
}

const moved: Meaning = { code: 'MOVED' };
const unauthenticated: Meaning = {
  code: 'UNAUTHENTICATED',
  next: 'Check the access key, or log in again (aws sso login) where credentials are ambient.',
};
const rejected: Meaning = { code: 'REJECTED' };
const unreachable: Meaning = { code: 'UNREACHABLE', next: 'Try again later.' };
const throttled: Meaning = { code: 'UNREACHABLE', next: 'A rate limit of AWS was met; try a lower --parallelism.' };
const key: Meaning = { code: 'REJECTED', next: 'Check the KMS key of the secret and whether lab may use it.' };

// Names as Secrets Manager, STS and the signature check of AWS give them.
const meanings: Readonly<Record<string, Meaning>> = {
  ResourceNotFoundException: moved,
  ResourceExistsException: moved,
  InvalidRequestException: rejected,
  InvalidParameterException: rejected,
  ValidationException: rejected,
  SerializationException: rejected,
  LimitExceededException: rejected,
  // IAM's; a write over a name that came into being since it was read, or whose object is gone.
  NoSuchEntityException: moved,
  EntityAlreadyExistsException: moved,
  ConcurrentModificationException: moved,
  DeleteConflictException: rejected,
  InvalidInputException: rejected,
  MalformedPolicyDocumentException: rejected,
  UnmodifiableEntityException: rejected,
  EntityTemporarilyUnmodifiableException: moved,
  ServiceFailureException: unreachable,
  PreconditionNotMetException: rejected,
  EncryptionFailure: key,
  DecryptionFailure: key,
  InternalServiceError: unreachable,
  InternalFailure: unreachable,
  ServiceUnavailable: unreachable,
  ServiceUnavailableException: unreachable,
  Throttling: throttled,
  ThrottlingException: throttled,
  TooManyRequestsException: throttled,
  RequestLimitExceeded: throttled,
  UnrecognizedClientException: unauthenticated,
  InvalidClientTokenId: unauthenticated,
  InvalidSignatureException: unauthenticated,
  SignatureDoesNotMatch: unauthenticated,
  IncompleteSignature: unauthenticated,
  IncompleteSignatureException: unauthenticated,
  MissingAuthenticationToken: unauthenticated,
  MissingAuthenticationTokenException: unauthenticated,
  ExpiredToken: unauthenticated,
  ExpiredTokenException: unauthenticated,
  RequestExpired: unauthenticated,
};

const denied = new Set(['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'OptInRequired']);

/** What the SDK threw, cut down to what may be looked at. */
interface Thrown {
  readonly name: string;
  /** Node's name for a failure of the connection. */
  readonly code: string;
  readonly status: number | undefined;
  readonly message: string;
}

/** Whether AWS says that what was asked for is not there. */
export const isNotFound = (error: unknown): boolean =>
  ['ResourceNotFoundException', 'NoSuchEntityException'].includes(thrown(error)?.name ?? '');

/**
 * The LabError for a call that did not succeed: operation, subject, AWS's name for the error and its own text. A text
 * that repeats one of `sent`, the secret values of the call, is withheld as a whole. What is no failure of a call is
 * thrown on as it is.
 */
export const refusal = (error: unknown, call: ShownCall, sent: readonly Secret[]): LabError => {
  if (error instanceof LabError) return error;
  const seen = thrown(error);
  if (seen === undefined) throw error;
  const what = `${call.operation}${call.subject === undefined ? '' : ` of ${call.subject}`} in ${call.region}`;
  if (seen.name === 'AbortError') return new LabError('CANCELLED', 'The call to AWS was cancelled');
  if (seen.name === 'CredentialsProviderError') {
    return new LabError('UNAUTHENTICATED', 'No AWS credentials were found on this machine', {
      next: 'Log in (aws sso login), set AWS_PROFILE, or give the connection an access key.',
    });
  }
  if (seen.status === undefined) return unanswered(what, seen);
  const { code, next } = meaning(call, seen);
  const said = repeats(seen.message, sent) ? "(AWS's text repeats a secret and is withheld)" : seen.message;
  const message = `${what} answered ${seen.name}${said === '' ? '' : `: ${said}`}`;
  return new LabError(code, message, next === undefined ? {} : { next });
};

const thrown = (error: unknown): Thrown | undefined => {
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const status = statusOf(error);
  const isTimeout = error.name === 'TimeoutError' || error.name === 'AbortError';
  if (code === '' && status === undefined && !isTimeout && error.name !== 'CredentialsProviderError') return undefined;
  // Only an exception of the service has AWS's own text; the parser's errors quote the answer that they stumbled over.
  const message = '$fault' in error ? error.message.trim().replace(/\s+/g, ' ') : '';
  return { name: error.name, code, status, message };
};

const statusOf = (error: Error): number | undefined => {
  if (!('$metadata' in error) || typeof error.$metadata !== 'object' || error.$metadata === null) return undefined;
  const status = 'httpStatusCode' in error.$metadata ? error.$metadata.httpStatusCode : undefined;
  return typeof status === 'number' ? status : undefined;
};

const meaning = (
  { operation, subject, service = serviceOf(operation) }: ShownCall,
  { name, status = 0 }: Thrown,
): Meaning => {
  const known = Object.hasOwn(meanings, name) ? meanings[name] : undefined;
  if (known !== undefined) return known;
  if (denied.has(name) || status === 403) {
    const on = subject === undefined ? '' : ` on "${subject}"`;
    return { code: 'DENIED', next: `The identity must be allowed ${service}:${operation}${on}.` };
  }
  if (status === 401) return unauthenticated;
  if (status === 429) return throttled;
  return status >= 500 || status < 400 ? unreachable : rejected;
};

const serviceOf = (operation: string): string => (operation === 'GetCallerIdentity' ? 'sts' : 'secretsmanager');

const isTlsFailure = (code: string): boolean => /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code);

const unanswered = (what: string, { code, name }: Thrown): LabError => {
  if (isTlsFailure(code)) {
    return new LabError('UNREACHABLE', `${what}: the certificate of the server is not trusted (${code})`, {
      next: "Set AWS_CA_BUNDLE to the file of the server's certificate authority.",
    });
  }
  return new LabError('UNREACHABLE', `${what} got no answer (${code === '' ? name : code})`, {
    next: 'Check network, region and endpoint. A write may have taken effect; the next run will see.',
  });
};

const repeats = (text: string, sent: readonly Secret[]): boolean =>
  sent.flatMap((value) => needles(reveal(value))).some((needle) => text.includes(needle));
