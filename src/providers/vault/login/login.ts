import { z } from 'zod';
import type { ConnectContext } from '../../../engine/provider.ts';
import { LabError } from '../../../errors.ts';
import { reveal, type Secret, secret } from '../../../secrets/secret.ts';
import { describeSource } from '../../../secrets/source.ts';
import { refuseForeignToken } from '../config.ts';
import { encodePath } from '../path.ts';
import { errorTexts, refusal } from '../refusal.ts';
import { type Patience, retrying } from '../retrying.ts';
import type { Exchange, Transport } from '../transport.ts';
import type { LoginConfig, TokenSource } from './config.ts';

/** Where the client has its token from. */
export interface Login {
  /** A token that Vault accepts. Throws UNAUTHENTICATED where lab is not let in, MISSING_SOURCE where it has nothing to log in with. */
  token(): Promise<Secret>;
  /** Whether asking again gives another token. */
  renewable(): boolean;
}

/** What a login needs. */
export interface LoginOptions extends Patience {
  readonly address: string;
  readonly transport: Transport;
  readonly context: Pick<ConnectContext, 'ports' | 'resolve' | 'env'>;
}

/** For people: `role lab-apply of auth/kubernetes`. */
export const describeLogin = (login: LoginConfig): string => {
  switch (login.auth) {
    case 'token':
      return `the token of ${describeSource(login.token)}`;
    case 'kubernetes':
      return `role ${login.role} of auth/${login.path} as ${login.serviceAccount.namespace}/${login.serviceAccount.name}`;
    case 'jwt':
      return `role ${login.role} of auth/${login.path}`;
    case 'app-role':
      return `the AppRole of auth/${login.path}`;
  }
};

/** Logs in as the manifest has it. */
export const openLogin = (login: LoginConfig, options: LoginOptions): Login => ({
  token: () => (login.auth === 'token' ? ownToken(login.token, options) : loginToken(login, options)),
  renewable: () => login.auth !== 'token',
});

const timeoutMs = 30_000;

/** A token that somebody else made: proved to be accepted before it is used. */
const ownToken = async (source: TokenSource, options: LoginOptions): Promise<Secret> => {
  const { address, transport, context } = options;
  refuseForeignToken(source, address, context.env);
  const token = await given(source, 'a token', options);
  const path = 'auth/token/lookup-self';
  const headers = { 'x-vault-token': reveal(token) };
  const url = `${address}/v1/${path}`;
  const self = await retrying(options, 'GET', () => transport.send({ method: 'GET', url, headers, timeoutMs }));
  if (statusOf(self) === 200) return token;
  if (statusOf(self) === 403) {
    throw new LabError(
      'UNAUTHENTICATED',
      `Vault at ${address} does not accept the token of ${describeSource(source)}`,
      { next: `Put a valid token there; it must be allowed to look itself up, as the policy "default" has it.` },
    );
  }
  throw refusal({ method: 'GET', path, address }, self, [reveal(token)]);
};

type RoleLogin = Exclude<LoginConfig, { readonly auth: 'token' }>;

const answer = z.object({ auth: z.object({ client_token: z.string().min(1) }) });

/** One login. */
export interface Attempt {
  /** The mount path of the auth method. */
  readonly path: string;
  readonly proof: Readonly<Record<string, string | Secret>>;
  /** For people: `lab in by role ci of auth/jwt`. */
  readonly whom: string;
}

const loginToken = async (login: RoleLogin, options: LoginOptions): Promise<Secret> =>
  logInWith(
    { path: login.path, proof: await proofFor(login, options), whom: `lab in by ${describeLogin(login)}` },
    options,
  );

/** The token that a login answers. Throws UNAUTHENTICATED, with Vault's reason, where it is refused. */
export const logInWith = async (
  { path: mount, proof: body, whom }: Attempt,
  options: Omit<LoginOptions, 'context'>,
): Promise<Secret> => {
  const { address, transport } = options;
  const path = encodePath(['auth', ...mount.split('/'), 'login']);
  const url = `${address}/v1/${path}`;
  // Sent again, too, where its answer was lost: a token that nobody got dies by itself.
  const exchange = await retrying(options, 'GET', () =>
    transport.send({ method: 'POST', url, headers: {}, body, timeoutMs }),
  );
  const parsed = answer.safeParse(exchange.outcome === 'answered' ? exchange.body : undefined);
  if (statusOf(exchange) === 200 && parsed.success) return secret(parsed.data.auth.client_token);
  if ([400, 403, 404, 500].includes(statusOf(exchange) ?? 0)) throw notLetIn(whom, address, exchange);
  throw refusal({ method: 'POST', path, address }, exchange, Object.values(body).map(textOf));
};

const textOf = (value: string | Secret): string => (typeof value === 'string' ? value : reveal(value));

/** Vault's own words on a login name roles and claims; what was sent is never among them. */
const notLetIn = (whom: string, address: string, exchange: Exchange): LabError => {
  const texts = exchange.outcome === 'answered' ? errorTexts(exchange.body).join('; ') : '';
  const said = texts === '' ? '' : `: ${texts}`;
  return new LabError('UNAUTHENTICATED', `Vault at ${address} does not let ${whom} (${statusOf(exchange)}${said})`, {
    next: 'Check that the auth method and the role are there and let in who logs in, or name another login.',
  });
};

const proofFor = async (login: RoleLogin, options: LoginOptions): Promise<Record<string, string | Secret>> => {
  switch (login.auth) {
    case 'kubernetes': {
      const tokens = await options.context.ports.tokens();
      return { role: login.role, jwt: await tokens.token(login.serviceAccount, login.audiences) };
    }
    case 'jwt':
      return { role: login.role, jwt: await given(login.token, 'a JWT', options) };
    case 'app-role': {
      const [roleId, secretId] = await Promise.all([
        given(login.roleId, 'a role id', options),
        given(login.secretId, 'a secret id', options),
      ]);
      return { role_id: roleId, secret_id: secretId };
    }
  }
};

const given = async (source: TokenSource, what: string, { address, context }: LoginOptions): Promise<Secret> => {
  const value = await context.resolve(source);
  if (value !== undefined) return value;
  throw new LabError(
    'MISSING_SOURCE',
    `The login to Vault at ${address} needs ${what}, and ${describeSource(source)} has none`,
    { next: 'Put it there, or name another source in the login of connections.vault.' },
  );
};

const statusOf = (exchange: Exchange): number | undefined =>
  exchange.outcome === 'answered' ? exchange.status : undefined;
