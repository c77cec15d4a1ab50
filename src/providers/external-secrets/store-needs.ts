import { address } from '../../engine/address.ts';
import type { Json } from '../../engine/value.ts';

type Block = { readonly [field: string]: Json };

const isBlock = (value: Json | undefined): value is Block =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/**
 * What a provider block names and so comes before its store: service accounts, Secrets, ConfigMaps, the namespace that
 * is read from, and the role and mount of a Vault. `namespace` is a SecretStore's own; a ClusterSecretStore's reference
 * without one means the namespace of whoever reads, and is left out.
 */
export const storeNeeds = (provider: Block | undefined, namespace: string | undefined): readonly string[] => {
  if (provider === undefined) return [];
  const { kubernetes, vault } = provider;
  const remote = isBlock(kubernetes) ? text(kubernetes['remoteNamespace']) : undefined;
  const all = [
    ...(remote === undefined ? [] : [address('kubernetes.namespace', remote)]),
    ...named(provider, '', namespace),
    ...(isBlock(vault) ? vaultNeeds(vault) : []),
  ];
  return [...new Set(all)];
};

/** Objects of the cluster, found by shape: every provider writes its references as {name, namespace} or {name, key, namespace}. */
const named = (value: Json | undefined, field: string, own: string | undefined): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap((item) => named(item, field, own));
  if (!isBlock(value)) return [];
  const kind = kindNamed(value, field);
  const [name, namespace] = [text(value['name']), text(value['namespace']) ?? own];
  const itself =
    kind === undefined || name === undefined || namespace === undefined ? [] : [address(kind, namespace, name)];
  return [...itself, ...Object.entries(value).flatMap(([key, item]) => named(item, key, own))];
};

const kindNamed = (value: Block, field: string): string | undefined => {
  if (/serviceAccount(Ref)?$/i.test(field)) return 'kubernetes.service-account';
  if (text(value['key']) === undefined) return undefined;
  return value['type'] === 'ConfigMap' ? 'kubernetes.config-map' : 'kubernetes.secret';
};

const vaultNeeds = (vault: Block): readonly string[] => {
  const path = text(vault['path'])?.replace(/^\/+|\/+$/g, '');
  const auth = isBlock(vault['auth']) ? vault['auth']['kubernetes'] : undefined;
  const mount = isBlock(auth) ? (text(auth['mountPath']) ?? 'kubernetes') : undefined;
  const role = isBlock(auth) ? text(auth['role']) : undefined;
  return [
    ...(path === undefined ? [] : [address('vault.mount', path)]),
    ...(mount === undefined ? [] : [address('vault.kubernetes-auth-config', mount)]),
    ...(mount === undefined || role === undefined ? [] : [address('vault.kubernetes-auth-role', mount, role)]),
  ];
};
