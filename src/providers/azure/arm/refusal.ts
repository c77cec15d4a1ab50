import { type ErrorCode, LabError } from '../../../errors.ts';
import { type Failure, isTlsFailure } from '../failure.ts';
import type { ShownCall } from '../refusal.ts';

type Answered = Extract<Failure, { is: 'answered' }>;

// A subscription that cannot be seen is no absence: whatever is in it cannot be seen either. A 404 without one of ARM's
// codes is somebody else's, a proxy's.
const absences =
  /^(ResourceNotFound|ResourceGroupNotFound|ParentResourceNotFound|NotFound|DeletedVaultNotFound|RoleAssignmentNotFound)$/;

/** Whether ARM says that what a call names is not there. */
export const isGone = (failure: Failure): boolean =>
  failure.is === 'answered' && failure.status === 404 && absences.test(failure.code);

/** Whether an answer has this code of ARM's. */
export const saysCode = (failure: Failure, code: string): boolean => failure.is === 'answered' && failure.code === code;

/** The LabError for a call of ARM that did not succeed. */
export const armRefusal = (call: ShownCall, failure: Failure): LabError => {
  const at = `${call.method} ${call.path} at ${call.host}`;
  if (failure.is === 'unanswered') return noAnswer(call, at, failure.code, failure.sent);
  const { code, next } = meaning(call, failure);
  const said = failure.text.length > 400 ? `${failure.text.slice(0, 400)}…` : failure.text;
  const what = failure.code === '' ? `${failure.status}` : `${failure.status} ${failure.code}`;
  const message = `${at} answered ${what}${said === '' ? '' : `: ${said}`}`;
  return new LabError(code, message, next === undefined ? {} : { next });
};

const meaning = (call: ShownCall, failure: Answered): { readonly code: ErrorCode; readonly next?: string } => {
  switch (failure.code) {
    case 'SubscriptionNotFound':
    case 'InvalidSubscriptionId':
      return { code: 'GUARD', next: 'Check expect.azure.subscription, and that you may see it: az account list' };
    case 'VaultAlreadyExists':
      return { code: 'CONFLICT', next: 'Names of key vaults are global: somebody else has this one. Choose another.' };
    case 'PrincipalNotFound':
      return { code: 'NOT_SETTLED', next: 'Entra ID has not heard of a new identity yet: run it again in a minute.' };
    default:
      return byStatus(call, failure.status);
  }
};

const byStatus = (call: ShownCall, status: number): { readonly code: ErrorCode; readonly next?: string } => {
  switch (status) {
    case 401:
      return { code: 'UNAUTHENTICATED', next: 'Log in to the tenant of the subscription.' };
    case 403:
      return { code: 'DENIED', next: `lab's identity needs the role "${neededRole(call)}" there.` };
    case 404:
      return { code: 'UNREACHABLE' };
    case 409:
      return { code: 'CONFLICT' };
    case 429:
      return { code: 'UNREACHABLE', next: 'A rate limit of Azure was met; try again with a lower --parallelism.' };
    default:
      return { code: status >= 500 || status === 408 ? 'UNREACHABLE' : 'REJECTED' };
  }
};

const neededRole = ({ method, path }: ShownCall): string => {
  if (method === 'GET') return 'Reader';
  return path.includes('/roleAssignments') ? 'Role Based Access Control Administrator' : 'Contributor';
};

const noAnswer = ({ method, host }: ShownCall, at: string, code: string, sent: boolean): LabError => {
  if (isTlsFailure(code)) {
    return new LabError('UNREACHABLE', `The certificate of ${host} is not trusted (${code})`, {
      next: "For a private certificate authority set NODE_EXTRA_CA_CERTS to that authority's file.",
    });
  }
  if (!sent) return new LabError('UNREACHABLE', `${host} cannot be reached (${code})`);
  const effect = method === 'GET' ? '' : '; it may have taken effect, the next run will see';
  return new LabError('UNREACHABLE', `${at} got no answer (${code})${effect}`);
};
