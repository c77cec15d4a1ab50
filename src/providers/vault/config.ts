import { z } from 'zod';
import { checkSettings } from '../../engine/settings.ts';
import { LabError } from '../../errors.ts';
import { loginConfig, type TokenSource } from './login/config.ts';
import { initConfig } from './server/init-config.ts';
import type { CaFile } from './transport.ts';

const consumer = z.strictObject({
  mount: z.string(),
  role: z.string(),
  account: z.strictObject({ namespace: z.string(), name: z.string() }),
  path: z.string(),
  capability: z.enum(['read', 'update']),
  needs: z.string(),
});

/** Something that External Secrets does in Vault for a resource, as a service account that logs in by a role. */
export type Consumer = z.output<typeof consumer>;

const schema = z.strictObject({
  /** What lab dials: `https://vault.example.com:8200` */
  address: z.string(),
  /** File of the certificate authority that signs Vault's certificate; default: VAULT_CACERT, else the system's. */
  ca: z.string().min(1).optional(),
  /** expected: unreachable is an error. wait: somebody else deploys it; until then its resources are deferred. */
  mode: z.enum(['expected', 'wait']),
  /** The way of lab to `address`, a name of the cluster's DNS; default: it dials the address itself. */
  through: z.literal('port-forward').optional(),
  /** Consent to plain http. `in-cluster` is what External Secrets may dial; lab does so on loopback and in a tunnel. */
  plaintext: z.enum(['loopback', 'in-cluster']).optional(),
  product: z.enum(['vault', 'openbao', 'auto']).optional(),
  login: z.strictObject({ plan: loginConfig, apply: loginConfig }),
  /** Each server of the cluster; default: the address alone. */
  servers: z.array(z.string()).min(1).optional(),
  /** Absent: lab never initialises it. */
  init: initConfig.optional(),
  /** What External Secrets does in this Vault, as the manifest has it. */
  consumers: z.array(consumer).optional(),
  /** Addresses of the policies of lab's own logins that are computed from the manifest. */
  computed: z.strictObject({ plan: z.string().optional(), apply: z.string().optional() }).optional(),
  /** Where requests for certificates are written to, and signed ones come back. */
  folder: z.string().optional(),
});

/** The connection as the manifest has it, its address without a closing slash. */
export type VaultConfig = z.output<typeof schema>;

type Env = Readonly<Record<string, string | undefined>>;

/** The connection's part of the manifest. Throws BAD_MANIFEST, or GUARD for what lab refuses to dial or to switch off. */
export const checkConfig = (config: unknown, env: Env): VaultConfig => {
  const checked = checkSettings(schema, config, ['connections', 'vault']);
  const { servers } = checked;
  const dialled = (given: string): string => {
    const address = given.replace(/\/+$/, '');
    refusePlaintext(parseAddress(address), checked);
    return address;
  };
  refuseEnvironment(env);
  return {
    ...checked,
    address: dialled(checked.address),
    ...(servers === undefined ? {} : { servers: servers.map(dialled) }),
  };
};

/** The certificate authorities that are trusted in place of the system's. */
export const caFileOf = ({ ca }: VaultConfig, env: Env): CaFile | undefined => {
  if (ca !== undefined) return { file: ca, named: 'vault.reach.ca' };
  const file = env.VAULT_CACERT;
  return file === undefined ? undefined : { file, named: 'VAULT_CACERT' };
};

const parseAddress = (address: string): URL => {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const plain = url?.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (url !== undefined && plain && ['http:', 'https:'].includes(url.protocol)) return url;
  throw new LabError('BAD_MANIFEST', `connections.vault.address: "${address}" is not an address of a Vault`, {
    next: 'Write it as https://HOST:8200, without user, query or fragment.',
  });
};

const isLoopback = (url: URL): boolean => ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);

const refusePlaintext = (
  url: URL,
  { plaintext: consent, through }: Pick<VaultConfig, 'plaintext' | 'through'>,
): void => {
  if (url.protocol === 'https:') return;
  if (consent === undefined) {
    throw new LabError('GUARD', `${url.origin} is plain http, over which a token would travel in clear`, {
      next: 'Use https, or consent with `plaintext: loopback` for a Vault on this machine.',
    });
  }
  // The API server's TLS carries it as far as the pod's own node.
  if (isLoopback(url) || (through === 'port-forward' && consent === 'in-cluster')) return;
  throw new LabError('GUARD', `lab does not send a token over plain http to ${url.host}, which is not this machine`, {
    next: 'Have lab reach it through the API server (reach: port-forward, with plaintext: in-cluster), or use https.',
  });
};

// What Go's strconv.ParseBool, and so the vault CLI, takes for false.
const falseLike = ['', '0', 'f', 'F', 'false', 'False', 'FALSE'];

const refuseEnvironment = (env: Env): void => {
  if (!falseLike.includes(env.VAULT_SKIP_VERIFY ?? '')) {
    throw new LabError('GUARD', 'VAULT_SKIP_VERIFY is set, and lab always verifies the certificate of Vault', {
      next: "Unset it; for a private certificate authority set VAULT_CACERT to that authority's file.",
    });
  }
  // The community edition ignores the namespace and answers 200: everything would land in the root namespace.
  if ((env.VAULT_NAMESPACE ?? '') !== '') {
    throw new LabError('GUARD', 'VAULT_NAMESPACE is set, and lab works in the root namespace only', {
      next: 'Unset VAULT_NAMESPACE for this command.',
    });
  }
};

/**
 * Refuses to send VAULT_TOKEN anywhere but to the Vault that it belongs to, which is the one that VAULT_ADDR names. A
 * manifest from somebody else could otherwise collect it. An unset VAULT_ADDR is no proof either. A variable of another
 * name was named for this very address, so nothing is asked of it. Throws GUARD.
 */
export const refuseForeignToken = (source: TokenSource, address: string, env: Env): void => {
  if (source.from !== 'env' || source.name !== 'VAULT_TOKEN') return;
  const owner = (env.VAULT_ADDR ?? '').replace(/\/+$/, '');
  if (URL.canParse(owner) && new URL(owner).href === new URL(address).href) return;
  const because = owner === '' ? 'and VAULT_ADDR is not set' : `and VAULT_ADDR is ${owner}`;
  throw new LabError(
    'GUARD',
    `VAULT_TOKEN is not sent to ${address}: it belongs to the Vault of VAULT_ADDR, ${because}`,
    {
      next: `Set VAULT_ADDR=${address} if the token is for that Vault, or name another variable in the manifest's login.`,
    },
  );
};
