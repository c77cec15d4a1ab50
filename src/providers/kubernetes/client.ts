import type { KubeConfig, User } from '@kubernetes/client-node';
import { LabError } from '../../errors.ts';
import { type Access, type Credentials, proxyOf, type Tls } from './access/access.ts';
import { closest } from './access/closest.ts';
import { findKubeconfigs } from './access/kubeconfig-files.ts';
import { rememberFor } from './access/remember.ts';
import { elements, members, text } from './json.ts';

/** The context that stands for "the cluster this process runs in, as its pod's service account". */
export const inCluster = 'in-cluster';

// How long credentials are used before the kubeconfig is asked for them again, as client-go does with token files.
const freshFor = 60_000;
const programTimeout = 60_000;

/** Which context, and where to look for it. */
export interface Target {
  readonly context: string;
  readonly kubeconfig?: string;
}

/**
 * One context of the operator's kubeconfig. Reads files, sends nothing, runs nothing yet.
 * Throws BAD_MANIFEST for an unknown context, UNAUTHENTICATED for a broken kubeconfig, GUARD for switched-off TLS.
 */
export const openAccess = async (
  target: Target,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Access> => {
  const config = await loadConfig(target, env);
  const cluster = config.getCurrentCluster();
  const user = config.getCurrentUser();
  if (!cluster || !user) {
    throw new LabError(
      'UNAUTHENTICATED',
      `context "${target.context}" names a cluster or user that its kubeconfig does not describe`,
    );
  }
  if (cluster.skipTLSVerify || !cluster.server.startsWith('https://')) {
    throw new LabError('GUARD', `context "${target.context}" reaches ${cluster.server} without verified TLS`, {
      next: 'Name the https address and its certificate-authority-data; lab has no switch for less.',
    });
  }
  const program = programOf(user);
  const access: Omit<Access, 'credentials'> = {
    context: target.context,
    user: user.name,
    server: cluster.server,
    proxy: proxyOf(env, cluster.proxyUrl),
    ...(program === undefined ? {} : { program }),
  };
  return { ...access, credentials: rememberFor(freshFor, () => readCredentials(config, user, access)) };
};

const loadConfig = async (
  { context, kubeconfig }: Target,
  env: Readonly<Record<string, string | undefined>>,
): Promise<KubeConfig> => {
  const files = await findKubeconfigs(env, kubeconfig);
  // Half a second of parsing, so only once somebody really connects.
  const { KubeConfig } = await import('@kubernetes/client-node');
  const loaded = files.map((file) => {
    const one = new KubeConfig();
    try {
      // An entry that does not parse is left out: it may belong to a context that nobody asked for.
      one.loadFromFile(file, { onInvalidEntry: 'filter' });
    } catch {
      throw new LabError('UNAUTHENTICATED', `${file} is not a kubeconfig: it cannot be parsed`);
    }
    return one;
  });
  const config = new KubeConfig();
  const contexts = loaded.flatMap((one) => one.getContexts());
  if (context === inCluster && !contexts.some(({ name }) => name === inCluster)) return inClusterConfig(config, env);
  config.loadFromOptions({
    clusters: loaded.flatMap((one) => one.getClusters()),
    users: loaded.flatMap((one) => one.getUsers()).map(toldOfItsTask),
    contexts,
    currentContext: context,
  });
  if (config.getContextObject(context) === null)
    throw unknownContext(
      context,
      contexts.map(({ name }) => name),
      files,
    );
  return config;
};

const inClusterConfig = (config: KubeConfig, env: Readonly<Record<string, string | undefined>>): KubeConfig => {
  if (!env['KUBERNETES_SERVICE_HOST']) {
    throw new LabError(
      'UNAUTHENTICATED',
      `context "${inCluster}" means the pod's own service account, and this is no pod`,
    );
  }
  config.loadFromCluster();
  return config;
};

const unknownContext = (context: string, known: readonly string[], files: readonly string[]): LabError => {
  const meant = closest(context, known);
  const where = files.length === 0 ? 'there is no kubeconfig' : `it is not in ${files.join(', ')}`;
  return new LabError('BAD_MANIFEST', `context "${context}" is not known: ${where}`, {
    next: [
      ...(meant === undefined ? [] : [`Did you mean "${meant}"?`]),
      known.length === 0 ? 'Set KUBECONFIG.' : `Known contexts: ${known.toSorted().join(', ')}.`,
    ].join(' '),
  });
};

const programOf = ({ exec, authProvider }: User): string | undefined =>
  text(members(exec)['command']) ?? text(members(members(authProvider)['config'])['cmd-path']);

// The protocol of credential programs: https://kubernetes.io/docs/reference/config-api/client-authentication.v1/
// client-node does not send it. lab has no terminal to lend, so `interactive` is false.
const toldOfItsTask = (user: User): User => {
  const { apiVersion, env } = members(user.exec);
  if (text(apiVersion) === undefined) return user;
  const info = JSON.stringify({ apiVersion, kind: 'ExecCredential', spec: { interactive: false } });
  const variables = [{ name: 'KUBERNETES_EXEC_INFO', value: info }, ...elements(env)];
  return { ...user, exec: { ...members(user.exec), env: variables } };
};

/** Runs the credential program if there is one. What it prints is never shown: it may be a token. */
const readCredentials = async (
  config: KubeConfig,
  user: User,
  access: Omit<Access, 'credentials'>,
): Promise<Credentials> => {
  const options: Parameters<KubeConfig['applyToHTTPSOptions']>[0] = {};
  try {
    await within(programTimeout, config.applyToHTTPSOptions(options));
  } catch (error) {
    throw noCredentials(access, error);
  }
  const authorization = text(members(options.headers)['Authorization'])?.trim() ?? basic(user);
  const impersonated = text(members(options.headers)['Impersonate-User']);
  return {
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(impersonated === undefined ? {} : { 'impersonate-user': impersonated }),
    },
    tls: tlsIn(options),
  };
};

const tlsIn = (options: object): Tls => {
  const { ca, cert, key, servername } = members(options);
  return { ...pem('ca', ca), ...pem('cert', cert), ...pem('key', key), ...pem('servername', servername) };
};

const pem = (name: keyof Tls, value: unknown): Tls => {
  const content = Buffer.isBuffer(value) ? value.toString() : text(value);
  return content === undefined ? {} : { [name]: content };
};

const basic = ({ username, password = '' }: User): string | undefined =>
  username ? `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` : undefined;

const noCredentials = ({ user, context, program }: Omit<Access, 'credentials'>, error: unknown): LabError => {
  const missing = program !== undefined && error instanceof Error && Reflect.get(error, 'code') === 'ENOENT';
  const what =
    program === undefined
      ? 'the credentials cannot be read'
      : missing
        ? `${program} is not on the PATH`
        : `${program} failed`;
  return new LabError('UNAUTHENTICATED', `no credentials for user "${user}" of context "${context}": ${what}`, {
    next: `See for yourself: kubectl --context ${context} auth whoami. What the program prints is not shown here, as it may hold a token.`,
  });
};

const within = async (milliseconds: number, work: Promise<void>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('too slow')), milliseconds);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
};
