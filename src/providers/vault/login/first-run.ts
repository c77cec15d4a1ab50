import type { GateState } from '../../../engine/gate.ts';
import { type ErrorCode, LabError } from '../../../errors.ts';
import type { Bootstrap } from '../server/bootstrap.ts';
import type { HealthWatch } from '../server/health-watch.ts';
import type { LoginConfig } from './config.ts';
import type { Login } from './login.ts';

// What a login comes to while it is not made yet in a Vault that is new.
const notMadeYet: readonly ErrorCode[] = ['UNAUTHENTICATED', 'MISSING_SOURCE', 'REJECTED'];

const isNotMadeYet = (error: unknown): boolean => error instanceof LabError && notMadeYet.includes(error.code);

/**
 * The login of the manifest; until it is made, the root token that init answered: that of this run, or the one that an
 * interrupted run left encrypted in the escrow.
 */
export const firstRunLogin = (bootstrap: Bootstrap, declared: Login): Login => ({
  token: async () => {
    const atHand = bootstrap.rootAtHand();
    if (atHand !== undefined) return atHand;
    try {
      return await declared.token();
    } catch (error) {
      const root = isNotMadeYet(error) ? await bootstrap.root() : undefined;
      if (root !== undefined) return root;
      throw error;
    }
  },
  // Root dies while calls are under way, and the manifest's login takes over.
  renewable: () => true,
});

/** What tells whether lab can work in a Vault. */
export interface Entering {
  readonly health: HealthWatch;
  readonly bootstrap: Bootstrap | undefined;
  readonly readOnly: boolean;
  readonly declared: Login;
  /** The service account that lab logs in as and that is not there yet; undefined if nothing is missing. */
  missingAccount(): Promise<string | undefined>;
}

/**
 * `vault.active`: in service, and lab can log in. Shut as well while lab's own login is not made, for who may only look,
 * or while the account is missing that it logs in as; root gets in without either.
 */
export const activeFor = async (entering: Entering): Promise<GateState> => {
  const { health, bootstrap, readOnly, declared } = entering;
  const state = await health.gate();
  if (state.state !== 'open') return state;
  const rootIsThere = bootstrap !== undefined && (await hasRoot(bootstrap));
  if (rootIsThere) return readOnly ? loginGate(declared, state) : state;
  const account = await entering.missingAccount();
  if (account === undefined) return state;
  return { state: 'shut', because: `Vault is in service, and lab logs in to it as ${account}, which is not there yet` };
};

const loginGate = async (declared: Login, open: GateState): Promise<GateState> => {
  try {
    await declared.token();
    return open;
  } catch (error) {
    if (!isNotMadeYet(error)) throw error;
    return { state: 'shut', because: "Vault is in service, and lab's own login is not made yet: apply goes on there" };
  }
};

// Who may not read the escrow is told by the login itself what is wrong.
const hasRoot = (bootstrap: Bootstrap): Promise<boolean> =>
  bootstrap.hasRoot().catch((error: unknown) => {
    if (error instanceof LabError) return false;
    throw error;
  });

/** Whether lab's logins would end with an object, or be let in and may do nothing: auth method, role and policies. */
export const isLoginPart = (
  logins: { readonly plan: LoginConfig; readonly apply: LoginConfig },
  kind: string,
  [path = '', name = '']: readonly string[],
): boolean =>
  [logins.plan, logins.apply].some((login) => {
    if (login.auth === 'token') return false;
    switch (kind) {
      case 'vault.policy':
        return 'policies' in login && login.policies?.includes(path) === true;
      case 'vault.auth-method':
      case 'vault.kubernetes-auth-config':
      case 'vault.jwt-auth-config':
      // Which of the roles it is, only the RoleID tells.
      case 'vault.approle-role':
        return login.path === path;
      case 'vault.kubernetes-auth-role':
      case 'vault.jwt-auth-role':
        return login.path === path && 'role' in login && login.role.toLowerCase() === name.toLowerCase();
      default:
        return false;
    }
  });
