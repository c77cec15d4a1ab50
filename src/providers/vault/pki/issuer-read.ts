import { z } from 'zod';
import type { Live, Present } from '../../../engine/resource.ts';
import type { Fields } from '../../../engine/value.ts';
import type { VaultClient } from '../client.ts';
import { mountsOf, unlessDenied } from '../listed.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import type { IssuerSpec } from './issuer-spec.ts';
import { constraintsIn } from './name-constraints.ts';

/** An issuer or a key as Vault lists it. */
export interface Listed {
  readonly id: string;
  /** '' without one. */
  readonly name: string;
}

/** An issuer as Vault lists it; keyId is '' where only the certificate is there. */
export interface ListedIssuer extends Listed {
  readonly keyId: string;
  readonly isDefault: boolean;
}

const issuerList = z.object({
  key_info: z.record(z.string(), z.object({ issuer_name: z.string(), is_default: z.boolean(), key_id: z.string() })),
});

const keyList = z.object({ key_info: z.record(z.string(), z.object({ key_name: z.string() })) });

/** The issuers of a mount. Asking for one by name answers 500 where it is missing. */
export const issuersOf = async (client: VaultClient, mount: string): Promise<readonly ListedIssuer[]> => {
  const { key_info: found = {} } = (await client.list([mount, 'issuers'], issuerList)) ?? {};
  return Object.entries(found).map(([id, { issuer_name: name, is_default: isDefault, key_id: keyId }]) => ({
    id,
    name,
    isDefault,
    keyId,
  }));
};

/** Issuers on the mounts of those that are known, for drift. A certificate without its key is only there for a chain. */
export const issuersThere = async (
  client: VaultClient,
  known: readonly (readonly string[])[],
): Promise<readonly Present[]> => {
  const lists = await Promise.all(
    mountsOf(known).map((mount) =>
      unlessDenied(async () =>
        (await issuersOf(client, mount))
          .filter(({ keyId }) => keyId !== '')
          .map(({ id, name }) => ({ id: [mount, name === '' ? id : name] })),
      ),
    ),
  );
  return lists.flat();
};

/** The keys of a mount, those of no issuer too. */
export const keysOf = async (client: VaultClient, mount: string): Promise<readonly Listed[]> => {
  const { key_info: found = {} } = (await client.list([mount, 'keys'], keyList)) ?? {};
  return Object.entries(found).map(([id, { key_name: name }]) => ({ id, name }));
};

const urls = z.array(z.string()).nullish();

const issuerAnswer = z.object({
  certificate: z.string(),
  ca_chain: z.array(z.string()),
  usage: z.string(),
  leaf_not_after_behavior: z.string(),
  revocation_signature_algorithm: z.string(),
  issuing_certificates: urls,
  crl_distribution_points: urls,
  ocsp_servers: urls,
});

/** An issuer with its certificates, its own first, as PEM. */
export const readIssuer = (client: VaultClient, mount: string, reference: string) =>
  client.read([mount, 'issuer', reference], issuerAnswer);

/** The mount and the issuer of `MOUNT/ISSUER`. */
export const splitIssuer = (text: string): readonly [mount: string, issuer: string] => {
  const at = text.lastIndexOf('/');
  return [text.slice(0, at), text.slice(at + 1)];
};

const sorted = (items: readonly string[] | null | undefined): string[] => [...(items ?? [])].toSorted();

/** An issuer by its name, in the words of its spec. */
export const liveIssuer = async (
  client: VaultClient,
  [mount = '', name = '']: readonly string[],
  desired: Partial<IssuerSpec>,
): Promise<Live> => {
  const listed = (await issuersOf(client, mount)).find((issuer) => issuer.name === name);
  const found = listed && (await readIssuer(client, mount, listed.id));
  if (listed === undefined || found === undefined) return missing(client, mount, name, desired);
  const certificate = parseCertificate(found.certificate);
  const [, above] = found.ca_chain;
  return {
    exists: 'yes',
    spec: {
      ...(await signerOf(client, certificate, desired)),
      ...subjectFields(certificate, desired),
      ttl: lifetime(certificate, above, desired.ttl),
      key: certificate.key,
      ...(certificate.maxPathLength === undefined ? {} : { maxPathLength: certificate.maxPathLength }),
      ...constraintsIn(certificate.x509.raw),
      usage: found.usage.split(',').toSorted(),
      leafNotAfter: found.leaf_not_after_behavior,
      revocationSignature: found.revocation_signature_algorithm,
      issuingCertificates: sorted(found.issuing_certificates),
      crlDistributionPoints: sorted(found.crl_distribution_points),
      ocspServers: sorted(found.ocsp_servers),
      // A mount has one always: whoever does not ask for it does not give it back either.
      ...(desired.default === undefined ? {} : { default: listed.isDefault }),
    },
    outputs: { certificate: found.certificate, chain: found.ca_chain.join('') },
  };
};

/** Where the signed certificate is waited for: beside its request. */
export const signedFile = (request: string): string => request.replace(/\.csr$/, '.crt');

// What the plan says of an authority whose request waits for its signature.
const waiting = (request: string): string =>
  `its request lies in ${request}; it is made once the signed certificate lies in ${signedFile(request)}`;

const missing = async (
  client: VaultClient,
  mount: string,
  name: string,
  { externalCsr: file }: Partial<IssuerSpec>,
): Promise<Live> => {
  const isRequested = file !== undefined && (await keysOf(client, mount)).some((key) => key.name === name);
  return isRequested ? { exists: 'no', recoverable: waiting(file) } : { exists: 'no' };
};

/** Who signed it: nobody else, the one that the manifest names, or a stranger. */
const signerOf = async (
  client: VaultClient,
  { x509 }: Certificate,
  { signedBy, externalCsr }: Partial<IssuerSpec>,
): Promise<Fields> => {
  if (x509.checkIssued(x509)) return {};
  // Who that was is nobody's business here.
  if (externalCsr !== undefined) return { externalCsr };
  if (signedBy === undefined) return { signedBy: `(${x509.issuer.replaceAll('\n', ', ')})` };
  const [mount, name] = splitIssuer(signedBy);
  const listed = (await issuersOf(client, mount)).find((issuer) => issuer.name === name);
  const signer = listed && (await readIssuer(client, mount, listed.id));
  if (signer === undefined) return {};
  return x509.verify(parseCertificate(signer.certificate).x509.publicKey) ? { signedBy } : {};
};

const subjectNames = {
  organization: 'O',
  ou: 'OU',
  country: 'C',
  locality: 'L',
  province: 'ST',
  streetAddress: 'street',
  postalCode: 'postalCode',
} as const;

/** What a certificate says of itself, in the words of the spec. */
export const subjectFields = ({ subject, names, ips }: Certificate, { altNames = [] }: Partial<IssuerSpec>): Fields => {
  const [commonName = ''] = subject.get('CN') ?? [];
  return {
    commonName,
    ...Object.fromEntries(
      Object.entries(subjectNames).flatMap(([field, name]) => {
        const values = subject.get(name);
        return values === undefined ? [] : [[field, values]];
      }),
    ),
    // Vault repeats a common name that is a host name among them.
    altNames: names.filter((text) => text !== commonName || altNames.includes(text)),
    ipSans: ips,
  };
};

// Seconds between the two looks at the clock that Vault takes for one certificate.
const tolerance = 2;

/** What was asked for, if the certificate lives as long, or ends with the authority above, which it cannot outlive. */
const lifetime = (
  { lifetime: live, x509 }: Certificate,
  above: string | undefined,
  asked: number | undefined,
): number => {
  if (asked === undefined) return live;
  if (Math.abs(live - asked) <= tolerance) return asked;
  const ends = above === undefined ? undefined : parseCertificate(above).x509.validTo;
  return live < asked && ends === x509.validTo ? asked : live;
};
