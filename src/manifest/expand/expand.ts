import { providerOf } from '../../engine/address.ts';
import type { KindFacts } from '../../engine/resource.ts';
import { loginAccounts } from '../connection-vault.ts';
import type { Found, Given } from './draft.ts';
import { expandInstall } from './install.ts';
import { expandResources } from './resources.ts';
import { checkRootLike } from './root-like.ts';
import { expandSecrets } from './secrets.ts';
import { expandStores } from './stores.ts';
import { expandVault } from './vault.ts';

/** Every section as the resources that it stands for. Pure. */
export function* expandSections(given: Given, kinds: ReadonlyMap<string, KindFacts>): Generator<Found> {
  const { vault } = given.manifest;
  const accounts = vault === undefined ? [] : loginAccounts(vault);
  const all = [...sections(given, kinds)];
  for (const found of all) {
    const isInVault = found.is === 'draft' && providerOf(found.kind) === 'vault';
    yield isInVault && accounts.length > 0 ? { ...found, after: [...found.after, ...accounts] } : found;
  }
  const drafts = all.filter((found) => found.is === 'draft');
  yield* checkRootLike(given, drafts);
}

function* sections(given: Given, kinds: ReadonlyMap<string, KindFacts>): Generator<Found> {
  yield* expandInstall(given);
  yield* expandResources(given, kinds);
  yield* expandStores(given);
  yield* expandSecrets(given);
  yield* expandVault(given);
}
