import { loginAccount } from '../connection-vault.ts';
import type { VaultSection } from '../schema/vault.ts';
import { draft, type Found, namespaceDraft } from './draft.ts';

/** The service accounts that lab logs in as, where it initialises Vault: nobody else can have made them. */
export function* expandLogins(vault: VaultSection): Generator<Found> {
  if (vault.init === undefined) return;
  for (const login of new Set([vault.login.plan, vault.login.apply])) {
    const account = login.auth === 'kubernetes' ? loginAccount(vault, login) : undefined;
    if (account === undefined) continue;
    const path = ['vault', 'login'];
    yield namespaceDraft(path, account.namespace);
    yield draft(path, 'kubernetes.service-account', [account.namespace, account.name], {
      spec: {},
      ownership: 'contributed',
    });
  }
}
