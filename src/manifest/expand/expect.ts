import { type Found, type Given, wrong } from './draft.ts';

/** Section `expect`. A guard that nobody keeps is worse than none, so it is refused until the engine checks identities. */
export function* expandExpect(given: Given): Generator<Found> {
  if (given.manifest.expect !== undefined) yield wrong(given, ['expect'], 'is not checked yet; take it out');
}
