import type { KindFacts } from '../../engine/resource.ts';
import type { Found, Given } from './draft.ts';
import { expandInstall } from './install.ts';
import { expandResources } from './resources.ts';
import { expandSecrets } from './secrets.ts';
import { expandStores } from './stores.ts';
import { expandVault } from './vault.ts';

/** Every section as the resources that it stands for. Pure. */
export function* expandSections(given: Given, kinds: ReadonlyMap<string, KindFacts>): Generator<Found> {
  yield* expandInstall(given);
  yield* expandResources(given, kinds);
  yield* expandStores(given);
  yield* expandSecrets(given);
  yield* expandVault(given);
}
