import { X509Certificate } from 'node:crypto';
import type { Issuer, PkiStore, Urls } from './content.ts';
import { openKey } from './keys.ts';

/** All that an issuer can be used for. */
export const everyUsage = ['crl-signing', 'issuing-certificates', 'ocsp-signing', 'read-only'];

/** A serial number as Vault writes it. */
export const serialOf = (serial: string): string => (serial.toLowerCase().match(/../g) ?? []).join(':');

/** Takes a certificate in as an issuer, with the key if that is there. The first with a key becomes the default. */
export const importIssuer = (
  store: PkiStore,
  pem: string,
  name: string,
  revocationSignature = '',
): { readonly id: string; readonly isNew: boolean } => {
  const certificate = `${pem.trim()}\n`;
  const known = Object.entries(store.issuers).find(([, issuer]) => issuer.certificate === certificate);
  if (known !== undefined) return { id: known[0], isNew: false };
  const x509 = new X509Certificate(certificate);
  const id = crypto.randomUUID();
  const keyId = Object.entries(store.keys).find(([, key]) => x509.checkPrivateKey(openKey(key)))?.[0] ?? '';
  store.issuers[id] = {
    name,
    keyId,
    certificate,
    serial: serialOf(x509.serialNumber),
    leafNotAfter: 'err',
    usage: everyUsage,
    revocationSignature,
  };
  if (keyId !== '' && (store.defaultIssuer === '' || store.followsLatest)) store.defaultIssuer = id;
  return { id, isNew: true };
};

/** An issuer's certificate and those above it that are in the mount, up to a root. */
export const chainOf = (store: PkiStore, issuer: Issuer): readonly string[] => {
  const chain = [issuer.certificate];
  for (let below = new X509Certificate(issuer.certificate); !isSelfSigned(below); ) {
    const above = Object.values(store.issuers).find(({ certificate }) =>
      isIssuedBy(below, new X509Certificate(certificate)),
    );
    if (above === undefined || chain.includes(above.certificate)) break;
    chain.push(above.certificate);
    below = new X509Certificate(above.certificate);
  }
  return chain;
};

const isIssuedBy = (below: X509Certificate, above: X509Certificate): boolean =>
  below.checkIssued(above) && below.verify(above.publicKey);

const isSelfSigned = (certificate: X509Certificate): boolean => isIssuedBy(certificate, certificate);

/** Where certificates of this issuer say more is found. */
export const urlsOf = (store: PkiStore, issuer: Issuer): Urls =>
  issuer.urls === undefined
    ? store.urls
    : {
        issuing_certificates: issuer.urls.issuing_certificates ?? [],
        crl_distribution_points: issuer.urls.crl_distribution_points ?? [],
        delta_crl_distribution_points: issuer.urls.delta_crl_distribution_points ?? [],
        ocsp_servers: issuer.urls.ocsp_servers ?? [],
      };

const noUrls =
  "This mount hasn't configured any authority information access (AIA) fields; this may make it harder for systems to find missing certificates in the chain or to validate revocation status of certificates. Consider updating /config/urls or the newly generated issuer with this information.";

/** The remark on certificates that say nowhere where more is found. */
export const urlWarnings = (urls: Urls, more = ''): readonly string[] =>
  [
    urls.issuing_certificates,
    urls.crl_distribution_points,
    urls.delta_crl_distribution_points,
    urls.ocsp_servers,
  ].every((list) => list.length === 0)
    ? [noUrls + more]
    : [];

/** The first text that is no URL, as Vault looks at them. */
export const wrongUrl = (
  urls: Readonly<Partial<Record<keyof Urls, readonly string[] | null | undefined>>>,
): string | undefined => {
  for (const name of urlNames) {
    const wrong = (urls[name] ?? []).find((text) => !URL.canParse(text));
    if (wrong !== undefined)
      return `invalid URL found in Authority Information Access (AIA) parameter ${name}: ${wrong}`;
  }
  return undefined;
};

/** The lists of URLs, in the order in which Vault looks at them. */
export const urlNames = [
  'issuing_certificates',
  'crl_distribution_points',
  'delta_crl_distribution_points',
  'ocsp_servers',
] as const satisfies readonly (keyof Urls)[];
