import type { GateState } from '../../engine/gate.ts';
import type { ConnectContext, Connection, Provider } from '../../engine/provider.ts';
import type { DefinedKind } from '../../engine/resource.ts';
import { LabError } from '../../errors.ts';
import { approleRole } from './auth/approle-role.ts';
import { jwtAuthConfig } from './auth/jwt-config.ts';
import { jwtAuthRole } from './auth/jwt-role.ts';
import { kubernetesAuthConfig } from './auth/kubernetes-config.ts';
import { kubernetesAuthRole } from './auth/kubernetes-role.ts';
import { authMethod } from './auth/method.ts';
import { createClient, type VaultCalls, type VaultClient } from './client.ts';
import { checkConfig } from './config.ts';
import { databaseConnection } from './database/connection.ts';
import { databaseRole } from './database/role.ts';
import { databaseRootRotation } from './database/root-rotation.ts';
import { databaseStaticRole } from './database/static-role.ts';
import { identityGroup } from './identity/group.ts';
import { identityGroupAlias } from './identity/group-alias.ts';
import { kvConfig } from './kv/config.ts';
import { kvSecret } from './kv/secret.ts';
import { accountWatch } from './login/account.ts';
import type { LoginConfig } from './login/config.ts';
import { activeFor, firstRunLogin, isLoginPart } from './login/first-run.ts';
import { type Login, logInWith, openLogin } from './login/login.ts';
import { untilGranted } from './login/until-granted.ts';
import { auditDevice } from './mounts/audit-device.ts';
import { mount } from './mounts/mount.ts';
import { pkiCrl } from './pki/crl.ts';
import { pkiIssuer } from './pki/issuer.ts';
import { pkiRole } from './pki/role.ts';
import { pkiTidy } from './pki/tidy.ts';
import { pkiUrls } from './pki/urls.ts';
import { passwordPolicy } from './policy/password-policy.ts';
import { policy } from './policy/policy.ts';
import { openReach } from './reach.ts';
import { approleSecretId } from './secret-id/secret-id.ts';
import { openBootstrap } from './server/bootstrap.ts';
import { openHealth } from './server/health-watch.ts';
import { rootRevocation } from './server/root-revocation.ts';
import { server } from './server/server.ts';
import { authorOf } from './server/whose.ts';

const kinds: readonly DefinedKind<VaultClient>[] = [
  server,
  rootRevocation,
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
  approleSecretId,
  jwtAuthConfig,
  jwtAuthRole,
  databaseConnection,
  databaseRole,
  databaseStaticRole,
  databaseRootRotation,
  pkiIssuer,
  pkiUrls,
  pkiCrl,
  pkiTidy,
  pkiRole,
  identityGroup,
  identityGroupAlias,
];

const connect = async (given: unknown, context: ConnectContext): Promise<Connection> => {
  const config = checkConfig(given, context.env);
  const { address, login, init } = config;
  const { readOnly, signal, stopping } = context;
  const reach = await openReach(config, context);
  const { transport } = reach;
  const health = openHealth(reach, config);
  const { folder } = config;
  const loginBy = (chosen: LoginConfig): Login => openLogin(chosen, { address, transport, context, signal });
  const callsAs = (by: Login): VaultCalls =>
    createClient({ address, transport, readOnly, signal, login: by, ...(folder === undefined ? {} : { folder }) });
  const bootstrap =
    init === undefined
      ? undefined
      : openBootstrap({
          config: init,
          reach,
          keeper: context.ports.keeper,
          prompt: context.prompt,
          stopping,
          ageIdentity: context.env['LAB_AGE_IDENTITY'],
          author: authorOf(context.run),
        });
  const chosen = readOnly ? login.plan : login.apply;
  const declared = loginBy(chosen);
  const missingAccount = accountWatch(chosen, context.ports);
  const gate = (): Promise<GateState> => activeFor({ health, bootstrap, readOnly, declared, missingAccount });
  const own = callsAs(loginBy(login.apply));
  const calls = callsAs(bootstrap === undefined || readOnly ? declared : firstRunLogin(bootstrap, declared));
  const client: VaultClient = {
    ...calls,
    bootstrap: () => bootstrap ?? noInit(),
    gate,
    stopping,
    product: () => health.product(),
    ownLogin: () => own,
    withToken: (token) => callsAs({ token: async () => token, renewable: () => false }),
    logIn: (attempt) => logInWith(attempt, { address, transport, signal }),
    accountToken: async (account, audiences) => (await context.ports.tokens()).token(account, audiences),
    mailbox: context.ports.mailbox,
    // Vault lower-cases the names of roles.
    consumers: (path, role) =>
      (config.consumers ?? []).filter((one) => one.mount === path && one.role.toLowerCase() === role.toLowerCase()),
    isLoginPart: (kind, id) => isLoginPart(login, kind, id),
  };
  return {
    scope: async (kind) => (kind === server.kind && init !== undefined ? init.address : health.scope()),
    describe: () => health.describe(),
    gate: async (name) => {
      if (name === 'vault.active') return gate();
      return name === 'vault.reachable'
        ? health.reachable()
        : { state: 'broken', because: `Vault has no gate "${name}"` };
    },
    kind: (name) => {
      const found = kinds.find(({ kind }) => kind === name);
      if (found === undefined) throw new TypeError(`the provider vault has no kind ${name}`);
      const ownPolicy = config.computed?.[readOnly ? 'plan' : 'apply'];
      return ownPolicy === undefined ? found.bind(client) : untilGranted(found.bind(client), ownPolicy);
    },
    offers: {},
    writes: () => calls.writes() + own.writes() + (bootstrap?.writes() ?? 0),
    close: () => transport.close(),
  };
};

const noInit = (): never => {
  throw new LabError('BAD_MANIFEST', 'the manifest does not have lab initialise this Vault', {
    next: 'Say how in vault.init.',
  });
};

/**
 * HashiCorp Vault and OpenBao. Connection: address, mode, consent to plain http, and one login each for plan and
 * apply. Its gates are `vault.reachable` and `vault.active`, told without a token.
 */
export const vault: Provider = { name: 'vault', kinds, needs: ['objects', 'tokens', 'tunnel'], connect };
