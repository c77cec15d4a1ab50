import type { Ports } from '../../engine/ports.ts';
import { LabError } from '../../errors.ts';
import { isStandIn } from '../../secrets/stand-in.ts';
import { type Arm, openArm } from './arm/arm.ts';
import { vaultHost } from './cloud.ts';
import type { AzureConfig } from './config.ts';
import type { Login } from './login/login.ts';
import { type Visitor, type VisitorLogin, visitorLogin } from './login/visitor.ts';
import { refusal } from './refusal.ts';
import { defaultPauses, retrying, slowPauses } from './retry.ts';
import { type MakeCall, type VaultSecrets, vaultSecrets } from './secrets/vault-secrets.ts';
import { openSession, type VaultSession } from './secrets/vault-session.ts';
import type { Wire } from './wire.ts';

/** The vaults, and the subscription, that one login reaches. */
export interface AzureClient {
  /** Throws BAD_MANIFEST where no subscription is stated. */
  readonly arm: () => Arm;
  vault(name: string): VaultSecrets;
  /** Logs in to a vault if that was not done yet, and answers its tenant. */
  tenantOf(vault: string): Promise<string>;
  /** The host of a vault. */
  hostOf(vault: string): string;
  /** Somebody else's login, to prove what they may. */
  as(visitor: Visitor): VisitorLogin;
  /** The cluster, for tokens of its service accounts. */
  readonly ports: Ports;
  /** Ends what is only waited for. */
  readonly stopping: AbortSignal;
  /** Requests sent so far that may have changed something. */
  writes(): number;
}

/** What createClient() needs. */
export interface ClientOptions {
  readonly config: Pick<AzureConfig, 'cloud' | 'tenant' | 'subscription' | 'loopback'>;
  readonly wire: Wire;
  readonly login: Login;
  readonly readOnly: boolean;
  readonly ports: Ports;
  readonly signal: AbortSignal;
  readonly stopping: AbortSignal;
  readonly pauses?: readonly number[];
}

// A hundred reads of a vault that cannot be opened do not try a hundred times.
const sharedFailureMs = 5_000;

/** The calls over one wire, with one login from the first call on. */
export const createClient = (options: ClientOptions): AzureClient => {
  const { config, wire, login, readOnly, signal } = options;
  const patience = { pauses: options.pauses ?? defaultPauses, signal };
  const slow = options.pauses ?? slowPauses;
  const sessions = new Map<string, Promise<VaultSession>>();
  const hostOf = (vault: string): string => vaultHost(config.cloud ?? 'public', vault);
  let writes = 0;
  // The first vault decides where no tenant is stated, so that the secrets of one run are all of one tenant.
  let tenant = config.tenant;

  const open = (vault: string): Promise<VaultSession> => {
    const known = sessions.get(vault);
    if (known !== undefined) return known;
    const host = hostOf(vault);
    const meet = (named: string): void => {
      tenant ??= named;
      if (named !== tenant) throw otherTenant(host, named, tenant);
    };
    const opening = openSession({ host, wire, login, readOnly, patience, meet });
    sessions.set(vault, opening);
    opening.catch(() => setTimeout(() => sessions.delete(vault), sharedFailureMs).unref());
    return opening;
  };

  const callTo =
    (vault: string): MakeCall =>
    async ({ method, path, sent = [], repeatable = true }, run, known) => {
      const host = hostOf(vault);
      if (config.loopback === undefined && sent.some(isStandIn)) throw standInRefused(host);
      const session = await open(vault);
      if (method !== 'GET' && !readOnly) writes += 1;
      const outcome = await retrying(patience, repeatable, () => session.attempt(() => run(session.sdk)));
      if (outcome.ok) return outcome.value;
      const meant = known?.(outcome.failure);
      if (meant !== undefined) return meant.value;
      throw refusal({ method, path, host }, outcome.failure, sent);
    };

  let arm: Arm | undefined;
  const wrote = () => {
    writes += 1;
  };

  return {
    arm: () => (arm ??= openArm({ config, wire, login, readOnly, patience, slow, stopping: options.stopping, wrote })),
    vault: (vault) => vaultSecrets(callTo(vault)),
    tenantOf: async (vault) => (await open(vault)).tenant,
    hostOf,
    as: (visitor) => visitorLogin({ config, wire, signal }, visitor),
    ports: options.ports,
    stopping: options.stopping,
    writes: () => writes,
  };
};

const otherTenant = (host: string, named: string, tenant: string): LabError =>
  new LabError('GUARD', `${host} belongs to tenant ${named}, not to ${tenant}`, {
    next: 'Check the name of the vault, and the tenant of connections.azure. No credential was sent for it.',
  });

const standInRefused = (host: string): LabError =>
  new LabError('GUARD', `a value is a stand-in of the sandbox, which is never sent to ${host}`);
