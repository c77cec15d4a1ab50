import { LabError } from '../../../errors.ts';
import type { Access } from '../access/access.ts';
import { elements, members, text } from '../json.ts';
import { type Answer, type Call, holdsSecrets } from './call.ts';

// The API server explains a failure with a `Status` object:
// https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
interface Status {
  readonly message: string;
  readonly reason: string;
  readonly causes: readonly Cause[];
}

interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

const statusOf = (body: unknown): Status => {
  const { message, reason, details } = members(body);
  const causes = elements(members(details)['causes']).map(members);
  return {
    message: text(message) ?? '',
    reason: text(reason) ?? '',
    causes: causes.map((cause) => ({
      reason: text(cause['reason']) ?? '',
      message: text(cause['message']) ?? '',
      field: text(cause['field']) ?? '',
    })),
  };
};

/** Whether a 404 says that the object is not there, and not that nobody serves the path. */
export const isNotFound = ({ status, body }: Answer): boolean => status === 404 && statusOf(body).reason === 'NotFound';

/** A 500 that is about what was sent: server-side apply answers so when a value has the wrong type. */
export const rejectsContent = ({ status, body }: Answer): boolean =>
  status === 500 && /^failed to (create typed|convert new)/.test(statusOf(body).message);

/** A failing answer as a LabError. What the server says of a written Secret is cut down to what cannot quote it. */
export const refusal = (call: Call, answer: Answer, access: Access): LabError => {
  const status = statusOf(answer.body);
  const said = sayable(call, status, answer.status);
  if (answer.status < 400) {
    return new LabError(
      'UNREACHABLE',
      `API server ${access.server} redirects ${call.path} elsewhere; lab does not follow`,
      {
        next: 'Name the API server itself in the kubeconfig.',
      },
    );
  }
  if (answer.status === 401) return unauthenticated(access);
  if (answer.status === 403) return forbidden(status, said, access);
  if (answer.status === 409) return conflict(status, said);
  if (answer.status === 404 && status.reason !== 'NotFound') {
    return new LabError('UNREACHABLE', `the API server does not serve ${call.path.replace(/\?.*/, '')}`);
  }
  // The uid of the object that was read is sent along: somebody has deleted it since, and perhaps made it again.
  if (status.causes.some((cause) => cause.field === 'metadata.uid')) {
    return new LabError('MOVED', 'the object is not the one that was read: it was deleted in between');
  }
  if (answer.status < 500 && answer.status !== 429) {
    return new LabError('REJECTED', `the API server does not accept it: ${said}`);
  }
  if (rejectsContent(answer)) return new LabError('REJECTED', `the API server does not accept it: ${said}`);
  return new LabError('UNREACHABLE', `the API server cannot answer now: ${said}`);
};

const unauthenticated = ({ user, context, program }: Access): LabError =>
  new LabError(
    'UNAUTHENTICATED',
    `the API server does not accept the credentials of user "${user}" in context "${context}"`,
    {
      next:
        program === undefined
          ? 'They have expired or belong to another cluster: fetch the kubeconfig anew.'
          : `They are made by ${program}: log in with it again.`,
    },
  );

const forbidden = (status: Status, said: string, { user }: Access): LabError => {
  if (status.causes.some((cause) => cause.reason === 'NamespaceTerminating')) {
    return new LabError('REJECTED', said, { next: 'Run again once the namespace is gone.' });
  }
  if (status.message.startsWith('admission webhook')) return new LabError('REJECTED', said);
  return new LabError('DENIED', said, {
    next: `Grant user "${user}" this permission in the cluster, or use another context.`,
  });
};

const conflict = (status: Status, said: string): LabError => {
  const held = status.causes.filter((cause) => cause.reason === 'FieldManagerConflict');
  if (held.length === 0) return new LabError('MOVED', said);
  const fields = held.map(({ message, field }) => `${field.replace(/^\./, '')} (${managerIn(message)})`);
  return new LabError('CONFLICT', `somebody else manages ${listed(fields)}`, {
    next: 'Take these fields out of the manifest or out of what the other one manages; or take them over with --adopt and this address.',
  });
};

const managerIn = (message: string): string => /conflict with "([^"]*)"/.exec(message)?.[1] ?? 'unknown manager';

const listed = (items: readonly string[]): string =>
  items.length <= 8 ? items.join(', ') : `${items.slice(0, 8).join(', ')} and ${items.length - 8} more`;

// Admission webhooks and validation may quote the request, so of a written Secret only known phrases pass.
const sayable = (call: Call, status: Status, code: number): string => {
  const message = status.message === '' ? `status ${code}` : status.message;
  if (call.method === 'GET' || !holdsSecrets(call))
    return message.length > 500 ? `${message.slice(0, 500)} …` : message;
  const known = knownPhrases.map((phrase) => phrase.exec(message)?.[0]).find((found) => found !== undefined);
  const fields = status.causes.map((cause) => cause.field).filter((field) => field !== '');
  return known ?? `${status.reason || `status ${code}`}${fields.length === 0 ? '' : ` at ${listed(fields)}`}`;
};

const knownPhrases = [
  /User "[^"]*" cannot \w+ resource "[^"]*" in API group "[^"]*"( in the namespace "[^"]*")?/,
  /unable to create new content in namespace \S+ because it is being terminated/,
  /^admission webhook "[^"]*" denied the request/,
  /^namespaces "[^"]*" not found/,
  /the object has been modified/,
];
