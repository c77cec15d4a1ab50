import type { Connection } from '../../../src/engine/provider.ts';
import type { BoundKind } from '../../../src/engine/resource.ts';
import type { Fields } from '../../../src/engine/value.ts';
import { vault } from '../../../src/providers/vault/index.ts';
import { stranger, uniqueName } from './server.ts';

/** A new PKI mount. */
export const mounted = async (stem: string, maxLeaseTtl = '87600h'): Promise<string> => {
  const mount = uniqueName(stem);
  await stranger('POST', `sys/mounts/${mount}`, { type: 'pki', config: { max_lease_ttl: maxLeaseTtl } });
  return mount;
};

/** Writes an object as apply does, from wherever it is, and reads it back. */
export const write = async (connection: Connection, kindName: string, id: readonly string[], spec: Fields) => {
  const kind: BoundKind = connection.kind(kindName);
  const facts = vault.kinds.find((candidate) => candidate.kind === kindName);
  const normal = facts?.normalise(spec);
  if (normal?.ok !== true) throw new Error(JSON.stringify(normal));
  const live = await kind.read(id, normal.spec);
  await kind.write({ id, spec: normal.spec, live, fingerprints: {}, removed: [] });
  return kind.read(id, normal.spec);
};

/** A root. */
export const root = { commonName: 'Lab root', ttl: '87600h', key: 'ec-256' };
/** An authority that a root of another mount signs. */
export const intermediate = (above: string) => ({
  signedBy: `${above}/root`,
  commonName: 'Lab',
  ttl: '8760h',
  default: true,
});

/** What is in a mount: names of issuers and keys, and how many certificates were signed. */
export const contentOf = async (mount: string) => {
  const at = async (path: string) => (await stranger('GET', `${mount}/${path}?list=true`)).body.data ?? { keys: [] };
  const [issuers, keys, certificates] = [await at('issuers'), await at('keys'), await at('certs')];
  const names = (info: Record<string, Record<string, string>> = {}, field: string) =>
    Object.values(info)
      .map((entry) => entry[field] ?? '')
      .toSorted();
  return {
    issuers: names(issuers.key_info, 'issuer_name'),
    keys: names(keys.key_info, 'key_name'),
    signed: certificates.keys.length,
  };
};
