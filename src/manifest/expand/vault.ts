import { address, providerOf } from '../../engine/address.ts';
import type { Path } from '../../engine/path.ts';
import type { Fields } from '../../engine/value.ts';
import type { Mount, Policy, VaultSection } from '../schema/vault.ts';
import { unfilled } from '../settle/own-rights.ts';
import { originOf } from '../yaml/tree.ts';
import { defined } from './defined.ts';
import { draft, type Found, type Given, whereElse, wrong } from './draft.ts';
import { checkKvPaths } from './kv-paths.ts';
import { hclOf } from './policy-text.ts';
import { expandAccess, expandAudit } from './vault-access.ts';
import { expandAuth } from './vault-auth.ts';
import { expandDatabase } from './vault-database.ts';
import { expandInit } from './vault-init.ts';
import { expandLogins } from './vault-login.ts';
import { expandPki } from './vault-pki.ts';

/** Section `vault`: audit devices, then everything else. */
export function* expandVault(given: Given): Generator<Found> {
  const { vault } = given.manifest;
  if (vault === undefined) return;
  yield* expandLogins(vault);
  yield* expandInit(given, vault);
  yield* expandAudit(given, vault);
  const audited = Object.keys(vault.audit).map((path) => address('vault.audit-device', path));
  for (const found of everythingElse(given, vault)) {
    const isInVault = found.is === 'draft' && providerOf(found.kind) === 'vault';
    yield isInVault ? { ...found, after: [...found.after, ...audited] } : found;
  }
}

/** Mounts, policies, auth methods with their roles, and who may what. */
function* everythingElse(given: Given, vault: VaultSection): Generator<Found> {
  yield* nested(given, ['vault', 'mounts'], Object.keys(vault.mounts));
  for (const [path, mount] of Object.entries(vault.mounts)) yield* expandMount(given, vault, path, mount);
  for (const [name, policy] of Object.entries(vault.policies)) {
    const spec = policySpec(given, policy);
    if (spec !== undefined) yield draft(['vault', 'policies', name], 'vault.policy', [name], { spec });
  }
  yield* checkKvPaths(given, vault);
  yield* nested(given, ['vault', 'auth'], Object.keys(vault.auth));
  yield* expandAuth(given, vault);
  yield* expandAccess(given, vault);
}

function* expandMount(given: Given, vault: VaultSection, mountPath: string, mount: Mount): Generator<Found> {
  const path = ['vault', 'mounts', mountPath];
  const { type, description } = mount;
  yield draft(path, 'vault.mount', [mountPath], { spec: defined({ type, description, ...leaseTtls(mount) }) });
  switch (mount.type) {
    case 'kv-v2': {
      const { maxVersions, casRequired, deleteVersionAfter } = mount;
      const config = defined({ maxVersions, casRequired, deleteVersionAfter });
      if (Object.keys(config).length > 0) yield draft(path, 'vault.kv-config', [mountPath], { spec: config });
      return;
    }
    case 'database':
      return yield* expandDatabase(given, mountPath, mount);
    case 'pki':
      return yield* expandPki(given, vault, mountPath, mount);
  }
}

// What PKI has no leases for, it has certificates for.
const leaseTtls = (mount: Mount) =>
  mount.type === 'pki'
    ? { defaultLeaseTtl: mount.defaultTtl, maxLeaseTtl: mount.maxTtl }
    : { defaultLeaseTtl: mount.defaultLeaseTtl, maxLeaseTtl: mount.maxLeaseTtl };

const policySpec = (given: Given, { paths, computed, ...text }: Policy): Fields | undefined => {
  if (paths !== undefined) return { paths };
  if (computed !== undefined) return unfilled;
  const hcl = hclOf(given, text);
  return hcl === undefined ? undefined : { hcl };
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
