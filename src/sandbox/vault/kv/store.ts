import { entryOf } from '../content.ts';
import type { Call } from '../endpoint.ts';
import { namesOf, type Result } from '../result.ts';
import { emptyStore, type KvSecret, type KvStore } from './content.ts';

/** The store of the mount that a call goes to. */
export const storeOf = ({ vault, mount }: Call): KvStore => {
  const known = entryOf(vault.content.kv, mount.entry.uuid);
  if (known !== undefined) return known;
  const made = emptyStore();
  vault.content.kv[mount.entry.uuid] = made;
  return made;
};

/** The secret that the path names. */
export const secretOf = (call: Call): KvSecret | undefined => entryOf(storeOf(call).secrets, call.params[0] ?? '');

/** The names in a folder, '' for all of the mount. */
export const listBelow = (call: Call, folder: string): Result => {
  const prefix = folder === '' ? '' : `${folder}/`;
  const names = Object.keys(storeOf(call).secrets)
    .filter((path) => path.startsWith(prefix))
    .map((path) => path.slice(prefix.length))
    .map((rest) => (rest.includes('/') ? rest.slice(0, rest.indexOf('/') + 1) : rest));
  return namesOf([...new Set(names)]);
};
