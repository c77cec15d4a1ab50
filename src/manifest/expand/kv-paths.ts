import type { VaultSection } from '../schema/vault.ts';
import { type Found, type Given, warning } from './draft.ts';
import { pathsIn } from './policy-paths.ts';

// What a KV engine of version 2 has below its mount.
const endpoints = ['data', 'metadata', 'config', 'subkeys', 'delete', 'undelete', 'destroy'];

/** Warns of policies that name a secret in a KV version 2 engine as people do, without `data/`: they grant nothing. */
export function* checkKvPaths(given: Given, vault: VaultSection): Generator<Found> {
  const stores = Object.values(given.manifest.stores).flatMap((store) => (store.type === 'vault' ? store.mount : []));
  const engines = Object.entries(vault.mounts).flatMap(([path, { type }]) => (type === 'kv-v2' ? path : []));
  const mounts = [...new Set([...engines, ...stores])];
  for (const [name, policy] of Object.entries(vault.policies)) {
    for (const { path, capabilities } of pathsIn(given, policy)) {
      const mount = mounts.find((one) => path.startsWith(`${one}/`));
      const rest = mount === undefined ? '' : path.slice(mount.length + 1);
      if (mount === undefined || leadsSomewhere(rest)) continue;
      const text = `names ${path}, where a KV engine of version 2 has nothing: write ${rightPaths(mount, rest, capabilities).join(' and ')}`;
      yield warning(given, ['vault', 'policies', name], 'KV_PATH', text);
    }
  }
}

const leadsSomewhere = (rest: string): boolean => {
  const [first = ''] = rest.split('/');
  if (first === '' || first === '+' || endpoints.includes(first)) return true;
  return first.endsWith('*') && endpoints.some((endpoint) => endpoint.startsWith(first.slice(0, -1)));
};

/** Values lie below data/, names below metadata/. */
const rightPaths = (mount: string, rest: string, capabilities: readonly string[] | undefined): string[] => {
  const listed = capabilities?.includes('list') === true;
  const read = capabilities?.some((capability) => capability !== 'list') !== false;
  return [...(read ? [`${mount}/data/${rest}`] : []), ...(listed ? [`${mount}/metadata/${rest} to list`] : [])];
};
