import { didYouMean } from '../../engine/suggest.ts';
import type { Manifest } from '../schema/manifest.ts';
import { type Found, type Given, wrong } from './draft.ts';

/** The namespace that External Secrets runs in. */
export const operatorNamespace = ({ install }: Manifest): string =>
  install['external-secrets']?.namespace ?? 'external-secrets';

/** Section `install`: so far nothing is installed; what others install is checked. */
export function* expandInstall(given: Given): Generator<Found> {
  const secrets = Object.keys(given.manifest.secrets);
  for (const [name, { needs = [] }] of Object.entries(given.manifest.install)) {
    for (const [index, need] of needs.entries()) {
      if (secrets.includes(need)) continue;
      yield wrong(given, ['install', name, 'needs', index], `secrets has no entry ${need}${didYouMean(need, secrets)}`);
    }
  }
}
