import type { Path } from '../../engine/path.ts';
import { own } from '../own.ts';
import type { VaultSection } from '../schema/vault.ts';
import type { PkiMount } from '../schema/vault-pki.ts';
import { type Found, type Given, wrong } from './draft.ts';

type Issuer = PkiMount['issuers'][string];

/** The mount and the issuer of `MOUNT/ISSUER`. */
export const splitSigner = (text: string): readonly [mount: string, issuer: string] => {
  const at = text.lastIndexOf('/');
  return [text.slice(0, at), text.slice(at + 1)];
};

/** An authority's own host names that one above it may not sign: Vault refuses them, once there is a key for it. */
export function* outsideNames(
  given: Given,
  vault: VaultSection,
  where: Path,
  { signedBy, commonName = '', altNames = [] }: Issuer,
): Generator<Found> {
  if (signedBy === undefined) return;
  const names = [{ field: 'commonName', name: commonName }, ...altNames.map((name) => ({ field: 'altNames', name }))];
  for (const { field, name } of names) {
    const barrier = isHost(name) ? barrierTo(vault, signedBy, name) : undefined;
    if (barrier === undefined) continue;
    const way = field === 'commonName' ? '. A common name with a space in it is no host name' : '';
    yield wrong(given, [...where, field], `${name} is a host name that ${barrier}; Vault would refuse it${way}`);
  }
}

// What Vault takes for one and names in the certificate beside the subject.
const label = '[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?';
const isHost = (name: string): boolean => new RegExp(`^(\\*\\.)?(${label}\\.)*${label}\\.?$`).test(name);

/** What keeps a signer, or one above it, from signing a host name; undefined: nothing that the manifest says. */
const barrierTo = (vault: VaultSection, signer: string, host: string): string | undefined => {
  const passed = new Set<string>();
  for (let at: string | undefined = signer; at !== undefined && !passed.has(at); ) {
    passed.add(at);
    const issuer = issuerAt(vault, at);
    if (issuer === undefined) return undefined;
    const { permittedDnsDomains: permitted = [], excludedDnsDomains: excluded = [] } = issuer.self ?? issuer;
    const against = excluded.find((domain) => isBelow(host, domain));
    if (against !== undefined) return `${at} may not sign (excludedDnsDomains: ${against})`;
    if (permitted.length > 0 && !permitted.some((domain) => isBelow(host, domain))) {
      return `${at} may not sign (permittedDnsDomains: ${permitted.join(', ')})`;
    }
    at = issuer.signedBy;
  }
  return undefined;
};

const issuerAt = (vault: VaultSection, text: string): Issuer | undefined => {
  const [mountPath, name] = splitSigner(text);
  const mount = own(vault.mounts, mountPath);
  return mount?.type === 'pki' ? own(mount.issuers, name) : undefined;
};

const isBelow = (host: string, domain: string): boolean => {
  const [name, base] = [host.toLowerCase(), domain.toLowerCase()];
  return name === base || name.endsWith(base.startsWith('.') ? base : `.${base}`);
};
