import type { Path } from '../../engine/traits.ts';
import type { Fields } from '../../engine/value.ts';
import type { KvMount, Policy } from '../schema/vault.ts';
import { escape } from '../text.ts';
import { originOf } from '../yaml/tree.ts';
import { defined } from './defined.ts';
import { draft, type Found, type Given, whereElse, wrong } from './draft.ts';
import { expandAuth } from './vault-auth.ts';
import { expandInit } from './vault-init.ts';
import { expandLogins } from './vault-login.ts';

/** Section `vault`: mounts, policies, auth methods and their roles. */
export function* expandVault(given: Given): Generator<Found> {
  const { vault } = given.manifest;
  if (vault === undefined) return;
  yield* expandLogins(vault);
  yield* expandInit(given, vault);
  yield* nested(given, ['vault', 'mounts'], Object.keys(vault.mounts));
  for (const [path, mount] of Object.entries(vault.mounts)) yield* expandMount(path, mount);
  for (const [name, policy] of Object.entries(vault.policies)) {
    const spec = policySpec(given, policy);
    if (spec !== undefined) yield draft(['vault', 'policies', name], 'vault.policy', [name], { spec });
  }
  yield* nested(given, ['vault', 'auth'], Object.keys(vault.auth));
  yield* expandAuth(given, vault);
}

function* expandMount(mountPath: string, mount: KvMount): Generator<Found> {
  const path = ['vault', 'mounts', mountPath];
  const { type, description, defaultLeaseTtl, maxLeaseTtl, ...settings } = mount;
  const spec = defined({ type, description, defaultLeaseTtl, maxLeaseTtl });
  yield draft(path, 'vault.mount', [mountPath], { spec });
  const config = defined(settings);
  if (Object.keys(config).length > 0) yield draft(path, 'vault.kv-config', [mountPath], { spec: config });
}

/** Undefined for a file that could not be read, which is a complaint of its own. */
const policySpec = (given: Given, { paths, hcl, file }: Policy): Fields | undefined => {
  if (paths !== undefined) return { paths };
  if (hcl !== undefined) return { hcl };
  const text = given.files.get(file ?? '');
  // A file's text means itself; what stands in the manifest is escaped already.
  return text === undefined ? undefined : { hcl: escape(text) };
};

/** Vault refuses a mount below another one, whichever comes first. */
function* nested(given: Given, section: Path, paths: readonly string[]): Generator<Found> {
  const known = new Set(paths);
  for (const path of paths) {
    const parts = path.split('/');
    const outer = parts.map((_, index) => parts.slice(0, index).join('/')).find((other) => known.has(other));
    if (outer === undefined) continue;
    const where = whereElse(originOf(given.tree, [...section, outer]));
    yield wrong(given, [...section, path], `lies below another mount path, ${where}; Vault does not nest them`);
  }
}
