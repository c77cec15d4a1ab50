import { type ErrorCode, LabError } from '../../errors.ts';
import { needles } from '../../secrets/needles.ts';
import { reveal, type Secret } from '../../secrets/secret.ts';
import { type Failure, isTlsFailure } from './failure.ts';

/** A call as it may be shown: `PUT secrets/crossplane-azure` at a vault's host. */
export interface ShownCall {
  readonly method: 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';
  readonly path: string;
  readonly host: string;
}

type Answered = Extract<Failure, { is: 'answered' }>;

/** Whether Key Vault says that what a call names is not there. A 404 of somebody else, a proxy, does not count. */
export const isAbsent = (failure: Failure): boolean =>
  failure.is === 'answered' && failure.status === 404 && failure.code === 'SecretNotFound';

/** The LabError for a call that did not succeed. Texts that repeat one of `sent` are withheld as a whole. */
export const refusal = (call: ShownCall, failure: Failure, sent: readonly Secret[]): LabError => {
  if (failure.is === 'unanswered') return noAnswer(call, failure);
  const { code, because, next } = meaning(call, failure);
  const said = because ?? withoutSecrets(shortened(failure.text), sent);
  const message = `${call.method} ${call.path} at ${call.host} answered ${failure.status}${said === '' ? '' : `: ${said}`}`;
  return new LabError(code, message, next === undefined ? {} : { next });
};

/** A server's text, or a remark in its place if it repeats a secret value. */
export const withoutSecrets = (text: string, sent: readonly Secret[]): string =>
  sent
    .map(reveal)
    .flatMap(needles)
    .some((needle) => text.includes(needle))
    ? "(the server's text repeats a secret and is withheld)"
    : text;

interface Meaning {
  readonly code: ErrorCode;
  /** Instead of the server's text, where that does not say it. */
  readonly because?: string;
  readonly next?: string;
}

const meaning = (call: ShownCall, failure: Answered): Meaning => {
  const { status, inner } = failure;
  if (status >= 300 && status < 400) return redirected(failure.location);
  switch (status) {
    case 401:
      return { code: 'UNAUTHENTICATED', next: 'The vault must trust the tenant that lab logs in to.' };
    case 403:
      return { code: 'DENIED', next: permitted(call, inner) };
    case 404:
      return notFound(call, failure);
    case 409:
      return inner.startsWith('ObjectIs') ? { code: 'MOVED' } : { code: 'CONFLICT' };
    case 429:
      return { code: 'UNREACHABLE', next: 'A rate limit of Key Vault was met; try again with a lower --parallelism.' };
    default:
      return { code: status >= 500 || status === 408 ? 'UNREACHABLE' : 'REJECTED' };
  }
};

const notFound = ({ method }: ShownCall, { code }: Answered): Meaning => {
  if (code !== 'SecretNotFound') {
    return { code: 'UNREACHABLE', next: 'That is not how Key Vault says not found: is there a vault of this name?' };
  }
  return method === 'GET' ? { code: 'UNREACHABLE' } : { code: 'MOVED', because: 'it is no longer there' };
};

const redirected = (location: string | undefined): Meaning => ({
  code: 'UNREACHABLE',
  because: `a redirect${location === undefined ? '' : ` to ${hostOf(location)}`}, which lab does not follow`,
  next: 'A token is never sent on to another host.',
});

const hostOf = (location: string): string => (URL.canParse(location) ? new URL(location).origin : 'another path');

const permitted = ({ method }: ShownCall, inner: string): string => {
  switch (inner) {
    case 'ForbiddenByFirewall':
    case 'ForbiddenByConnection':
      return "The vault's network settings must let this machine in.";
    case 'SecretDisabled':
      return 'Enable the secret, or state `enabled: true` for it.';
    default: {
      const role = method === 'GET' ? 'Key Vault Reader' : 'Key Vault Secrets Officer';
      return `lab's identity needs the role "${role}" on the vault; a new assignment takes minutes to count.`;
    }
  }
};

// Of a refusal by role, what follows names ids of assignments that there are none of.
const shortened = (text: string): string => {
  const [start = ''] = text.split(' Assignment: ');
  return start.length > 400 ? `${start.slice(0, 400)}…` : start;
};

const noAnswer = ({ method, path, host }: ShownCall, { code, sent }: Exclude<Failure, Answered>): LabError => {
  if (isTlsFailure(code)) {
    return new LabError('UNREACHABLE', `The certificate of ${host} is not trusted (${code})`, {
      next: "For a private certificate authority set NODE_EXTRA_CA_CERTS to that authority's file.",
    });
  }
  if (code === 'ENOTFOUND') {
    return new LabError('UNREACHABLE', `There is no host ${host}`, {
      next: 'Check the name of the vault. One that is not there is made by lab with `manage: create`; a deleted one is recovered by that, or by `az keyvault recover`.',
    });
  }
  if (!sent) return new LabError('UNREACHABLE', `${host} cannot be reached (${code})`);
  const effect = method === 'GET' ? '' : '; it may have taken effect, the next run will see';
  return new LabError('UNREACHABLE', `${method} ${path} at ${host} got no answer (${code})${effect}`);
};
