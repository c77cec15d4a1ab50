import type { ConnectContext, Connection, DefinedKind, Provider } from '../../engine/resource.ts';
import { LabError } from '../../errors.ts';
import type { Secret } from '../../secrets/secret.ts';
import { describeSource } from '../../secrets/source.ts';
import { approleRole } from './approle-role.ts';
import { auditDevice } from './audit-device.ts';
import { authMethod } from './auth-method.ts';
import { createClient, type VaultClient } from './client.ts';
import { checkConfig, refuseForeignToken, type TokenSource } from './config.ts';
import { databaseConnection } from './database-connection.ts';
import { databaseRole } from './database-role.ts';
import { databaseRootRotation } from './database-root-rotation.ts';
import { databaseStaticRole } from './database-static-role.ts';
import { openHealth } from './health-watch.ts';
import { identityGroup } from './identity-group.ts';
import { identityGroupAlias } from './identity-group-alias.ts';
import { jwtAuthConfig } from './jwt-auth-config.ts';
import { jwtAuthRole } from './jwt-auth-role.ts';
import { kubernetesAuthConfig } from './kubernetes-auth-config.ts';
import { kubernetesAuthRole } from './kubernetes-auth-role.ts';
import { kvConfig } from './kv-config.ts';
import { kvSecret } from './kv-secret.ts';
import { mount } from './mount.ts';
import { passwordPolicy } from './password-policy.ts';
import { pkiCrl } from './pki-crl.ts';
import { pkiIssuer } from './pki-issuer.ts';
import { pkiRole } from './pki-role.ts';
import { pkiUrls } from './pki-urls.ts';
import { policy } from './policy.ts';
import { openTransport } from './transport.ts';

const kinds: readonly DefinedKind<VaultClient>[] = [
  mount,
  kvConfig,
  kvSecret,
  policy,
  passwordPolicy,
  auditDevice,
  authMethod,
  kubernetesAuthConfig,
  kubernetesAuthRole,
  approleRole,
  jwtAuthConfig,
  jwtAuthRole,
  databaseConnection,
  databaseRole,
  databaseStaticRole,
  databaseRootRotation,
  pkiIssuer,
  pkiUrls,
  pkiCrl,
  pkiRole,
  identityGroup,
  identityGroupAlias,
];

const connect = async (given: unknown, context: ConnectContext): Promise<Connection> => {
  const config = checkConfig(given, context.env);
  const { address, login } = config;
  const transport = await openTransport(context.env.VAULT_CACERT, context.signal);
  const health = openHealth(transport, config);
  const { token: source } = context.readOnly ? login.plan : login.apply;
  const client = createClient({
    address,
    transport,
    readOnly: context.readOnly,
    signal: context.signal,
    token: () => readToken(source, address, context),
    tokenSource: describeSource(source),
    ...(config.folder === undefined ? {} : { folder: config.folder }),
  });
  return {
    scope: () => health.scope(),
    describe: () => health.describe(),
    gate: async (name) =>
      name === 'vault.active' ? health.gate() : { state: 'broken', because: `Vault has no gate "${name}"` },
    kind: (name) => {
      const found = kinds.find(({ kind }) => kind === name);
      if (found === undefined) throw new TypeError(`the provider vault has no kind ${name}`);
      return found.bind(client);
    },
    offers: {},
    writes: () => client.writes(),
    close: () => transport.close(),
  };
};

const readToken = async (source: TokenSource, address: string, context: ConnectContext): Promise<Secret> => {
  refuseForeignToken(source, address, context.env);
  const token = await context.resolve(source);
  if (token !== undefined) return token;
  throw new LabError(
    'MISSING_SOURCE',
    `The login to Vault at ${address} needs a token, and ${describeSource(source)} has none`,
    {
      next: 'Put a token there, or name another source in the login of connections.vault.',
    },
  );
};

/**
 * HashiCorp Vault and OpenBao. Connection: address, mode, consent to plain http, and one token source each for plan and
 * apply. Its one gate is `vault.active`, told without a token.
 */
export const vault: Provider = { name: 'vault', kinds, needs: [], connect };
