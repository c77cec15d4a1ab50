import { LabError } from '../../../errors.ts';
import type { Secret } from '../../../secrets/secret.ts';
import { type Failure, isTlsFailure } from '../failure.ts';
import { withoutSecrets } from '../refusal.ts';

/** Whose login where. */
export interface LoginAttempt {
  readonly tenant: string;
  readonly identity: string;
  readonly isAmbient: boolean;
  /** The values that it sent. */
  readonly sent: readonly Secret[];
}

// Source: "Microsoft Entra authentication and authorization error codes".
const cures: Readonly<Record<string, string>> = {
  AADSTS7000215: 'Give the value of the client secret, not its id.',
  AADSTS7000222: 'The client secret is past its time: make a new one.',
  AADSTS700016: 'Check the client id, and that the application was registered in this tenant.',
  AADSTS90002: 'Check the tenant id, and the cloud of connections.azure.',
};

/** The LabError for a login that did not succeed. */
export const loginRefusal = (failure: Failure, { tenant, identity, isAmbient, sent }: LoginAttempt): LabError => {
  const what = `The login to tenant ${tenant} as ${identity}`;
  if (failure.is === 'unanswered') {
    if (isTlsFailure(failure.code)) {
      return new LabError('UNREACHABLE', `${what} found a server whose certificate is not trusted (${failure.code})`, {
        next: "For a private certificate authority set NODE_EXTRA_CA_CERTS to that authority's file.",
      });
    }
    return new LabError('UNREACHABLE', `${what} got no answer (${failure.code})`);
  }
  if (failure.status >= 500 || failure.status === 429) {
    return new LabError('UNREACHABLE', `${what} was answered ${failure.status}`);
  }
  const said = withoutSecrets(saying(failure.text), sent);
  const cure = cures[/AADSTS\d+/.exec(said)?.[0] ?? ''];
  const other = isAmbient ? `Log in with: az login --tenant ${tenant}` : 'Check the credential of connections.azure.';
  const next = cure ?? other;
  return new LabError('UNAUTHENTICATED', said === '' ? `${what} was refused` : `${what} was refused: ${said}`, {
    next,
  });
};

/** The login host's own sentence; what the SDK puts around it names request ids only. */
export const saying = (text: string): string => {
  const line = text.replace(/\s+/g, ' ');
  const own = /AADSTS\d+: .*?(?= Trace ID:|$)/.exec(line)?.[0] ?? line;
  return own.length > 300 ? `${own.slice(0, 300)}…` : own;
};
