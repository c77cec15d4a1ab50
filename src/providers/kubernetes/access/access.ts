import { LabError } from '../../../errors.ts';

/** Where the API server is and as whom lab comes, from one context of a kubeconfig. */
export interface Access {
  readonly context: string;
  readonly user: string;
  /** `https://host:port`, with a path for servers behind a gateway; no slash at its end. */
  readonly server: string;
  /** The program that makes the user's credentials, if one does. */
  readonly program?: string;
  readonly proxy: Proxy;
  /**
   * May run the operator's credential program or refresh a token; cheap while they are fresh. `refused`: those that
   * the server has just not accepted, as they may have expired. Throws UNAUTHENTICATED.
   */
  credentials(refused?: Credentials): Promise<Credentials>;
}

/** The way out: an https proxy, if any, and the hosts that are reached without it. */
export interface Proxy {
  readonly url?: string;
  readonly except: string;
}

/** What a request carries, and the TLS material of the connection it goes over. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: Tls;
}

/** PEM texts; what is absent is left to Node. */
export interface Tls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
}

/** A proxy of the kubeconfig counts for every host; one of the environment, as for kubectl, never for loopback. */
export const proxyOf = (env: Readonly<Record<string, string | undefined>>, fromKubeconfig?: string): Proxy => {
  if (fromKubeconfig) return { url: checked(fromKubeconfig, 'proxy-url of the kubeconfig'), except: '' };
  const url = env['HTTPS_PROXY'] ?? env['https_proxy'];
  const except = [env['NO_PROXY'] ?? env['no_proxy'], 'localhost', '127.0.0.1', '::1'].filter(Boolean).join(',');
  return { ...(url ? { url: checked(url, 'HTTPS_PROXY') } : {}), except };
};

// It may hold a password, so the message does not repeat it.
const checked = (url: string, where: string): string => {
  if (/^(https?|socks5?):\/\/[^/]/.test(url) && URL.canParse(url)) return url;
  throw new LabError('UNREACHABLE', `the proxy in ${where} is not a URL`, { next: 'Write http://HOST:PORT.' });
};
