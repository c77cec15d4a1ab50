import { LabError } from '../../../errors.ts';
import type { Access } from '../access/access.ts';
import { text } from '../json.ts';

const codeOf = (error: unknown): string =>
  (error instanceof Error && text(Reflect.get(error, 'code'))) || (error instanceof Error ? error.name : 'unknown');

/** Whether the connection went away before there was an answer. */
export const isReset = (error: unknown): boolean => ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(codeOf(error));

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'its name cannot be resolved',
  EAI_AGAIN: 'its name cannot be resolved now',
  ECONNRESET: 'the connection was reset',
  UND_ERR_SOCKET: 'the connection was closed before the answer',
  UND_ERR_CONNECT_TIMEOUT: 'no connection within 10 s',
  UND_ERR_HEADERS_TIMEOUT: 'no answer within 65 s',
  UND_ERR_BODY_TIMEOUT: 'the answer stopped halfway',
};

const certificateReasons: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'it is signed by an authority that the kubeconfig does not name',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'it is signed by an authority that the kubeconfig does not name',
  UNABLE_TO_GET_ISSUER_CERT: 'it is signed by an authority that the kubeconfig does not name',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'it is signed by an authority that the kubeconfig does not name',
  CERT_SIGNATURE_FAILURE: 'it is not signed by the authority that the kubeconfig names',
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another host name',
};

/** A request without an answer, as a LabError. Only the error's code is taken over: its text can quote what was sent. */
export const networkFailure = (error: unknown, access: Access): LabError => {
  const server = `API server ${access.server} of context "${access.context}"`;
  const code = codeOf(error);
  const untrusted = certificateReasons[code];
  if (untrusted !== undefined) {
    return new LabError('UNREACHABLE', `the certificate of the ${server} cannot be trusted: ${untrusted}`, {
      next: 'Fetch the kubeconfig anew. lab always verifies TLS.',
    });
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) {
    return new LabError('UNREACHABLE', `the ${server} does not speak TLS as expected (${code})`);
  }
  const way = access.proxy.url === undefined ? '' : `, asked through the proxy ${new URL(access.proxy.url).host}`;
  return new LabError('UNREACHABLE', `no answer from the ${server}${way}: ${reasons[code] ?? code}`, {
    next: `Is the cluster running? kubectl --context ${access.context} get --raw /readyz`,
  });
};
