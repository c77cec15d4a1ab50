import { address } from '../../engine/address.ts';
import type { Path } from '../../engine/path.ts';
import { didYouMean } from '../../engine/suggest.ts';
import { own } from '../own.ts';
import type { VaultSection } from '../schema/vault.ts';
import type { PkiMount } from '../schema/vault-pki.ts';
import { defined } from './defined.ts';
import { draft, type Found, type Given, wrong } from './draft.ts';
import { outsideNames, splitSigner } from './pki-names.ts';

type Issuer = PkiMount['issuers'][string];

/** What lies below a mount of type `pki`: its settings, its authorities and its roles. */
export function* expandPki(given: Given, vault: VaultSection, mountPath: string, mount: PkiMount): Generator<Found> {
  const path = ['vault', 'mounts', mountPath];
  const settings = { urls: mount.urls, crl: mount.crl, tidy: mount.tidy };
  for (const [name, spec] of Object.entries(settings)) {
    if (spec !== undefined) yield draft([...path, name], `vault.pki-${name}`, [mountPath], { spec: defined(spec) });
  }
  const { defaultIssuer, issuers } = mount;
  for (const [name, issuer] of Object.entries(issuers)) {
    const where = [...path, 'issuers', name];
    yield* signers(given, vault, { mountPath, mount, issuer, where });
    const { self, ...others } = issuer;
    const spec = defined({ ...others, ...self, default: name === defaultIssuer ? true : undefined });
    yield draft(where, 'vault.pki-issuer', [mountPath, name], { spec });
  }
  if (defaultIssuer !== undefined && own(issuers, defaultIssuer) === undefined) {
    yield wrong(
      given,
      [...path, 'defaultIssuer'],
      `is no issuer of this mount${didYouMean(defaultIssuer, Object.keys(issuers))}`,
    );
  }
  for (const [name, role] of Object.entries(mount.roles)) {
    const where = [...path, 'roles', name];
    const wanted = role.issuer;
    if (wanted !== undefined && wanted !== 'default' && own(issuers, wanted) === undefined) {
      yield wrong(given, [...where, 'issuer'], `is no issuer of this mount${didYouMean(wanted, Object.keys(issuers))}`);
    }
    // A role may be there before its issuer; nothing can be issued with it then.
    const signing = wanted ?? defaultIssuer;
    const needed = signing === undefined || signing === 'default' ? Object.keys(issuers) : [signing];
    const after = needed.map((one) => address('vault.pki-issuer', mountPath, one));
    yield draft(where, 'vault.pki-role', [mountPath, name], { spec: defined(role), after });
  }
}

interface Signing {
  readonly mountPath: string;
  readonly mount: PkiMount;
  readonly issuer: Issuer;
  readonly where: Path;
}

/** What would go wrong only when it is signed: a signer that is not there, a life that is cut, a name that is refused. */
function* signers(given: Given, vault: VaultSection, { mountPath, mount, issuer, where }: Signing): Generator<Found> {
  const { self, signedBy } = issuer;
  if (self !== undefined) return yield* cutBy(given, [...where, 'self', 'ttl'], self.ttl, mountPath, mount);
  if (signedBy === undefined) return;
  const [signerMount, signerName] = splitSigner(signedBy);
  const above = own(vault.mounts, signerMount);
  if (above === undefined) return;
  if (above.type !== 'pki') return yield wrong(given, [...where, 'signedBy'], `${signerMount} is no mount of type pki`);
  const signer = own(above.issuers, signerName);
  if (signer === undefined) {
    const near = didYouMean(signerName, Object.keys(above.issuers));
    return yield wrong(given, [...where, 'signedBy'], `${signerMount} has no issuer ${signerName}${near}`);
  }
  const life = signer.self?.ttl ?? signer.ttl;
  if (issuer.ttl !== undefined && life !== undefined && issuer.ttl > life) {
    yield wrong(given, [...where, 'ttl'], `is longer than that of ${signedBy}, which signs it; it would be cut`);
  }
  yield* cutBy(given, [...where, 'ttl'], issuer.ttl, signerMount, above);
  yield* outsideNames(given, vault, where, issuer);
}

function* cutBy(
  given: Given,
  where: Path,
  ttl: number | undefined,
  mountPath: string,
  { maxTtl }: PkiMount,
): Generator<Found> {
  // Without maxTtl it is the system's, which only Vault knows.
  if (ttl === undefined || maxTtl === undefined || ttl <= maxTtl) return;
  yield wrong(given, where, `is longer than maxTtl of the mount ${mountPath}; it would be cut`);
}
