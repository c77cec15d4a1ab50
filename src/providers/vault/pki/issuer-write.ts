import { z } from 'zod';
import type { WriteRequest } from '../../../engine/resource.ts';
import { LabError } from '../../../errors.ts';
import type { VaultClient } from '../client.ts';
import { inWords } from '../recognising.ts';
import { keyIdOf, parseCertificate } from './certificate.ts';
import { signedOutside } from './external.ts';
import { issuersOf, keysOf, type Listed, readIssuer, splitIssuer } from './issuer-read.ts';
import type { IssuerSpec } from './issuer-spec.ts';
import { keyBody } from './key.ts';
import { constraintWords } from './name-constraints.ts';

// Vault makes a new key at each call of `generate`. So each step looks first for what an earlier run has left, by the
// names that lab gives: a key is called like its issuer from the moment it is made.

/** Makes an issuer, from wherever an earlier run was stopped, and sets what can be set. */
export const writeIssuer = async (
  client: VaultClient,
  { id: [mount = '', name = ''], spec, live }: WriteRequest<IssuerSpec>,
): Promise<void> => {
  if (live.exists !== 'yes') {
    const key = (await keysOf(client, mount)).find((candidate) => candidate.name === name);
    const making = { mount, name, spec, key };
    const made = key && (await issuersOf(client, mount)).find(({ keyId }) => keyId === key.id);
    if (made !== undefined) await giveName(client, making, made.id);
    else if (spec.signedBy === undefined && spec.externalCsr === undefined) await makeRoot(client, making);
    else await giveName(client, making, await signAndImport(client, making));
  }
  const settings = inWords(issuerWords, spec);
  if (Object.keys(settings).length > 0) await client.write('PATCH', [mount, 'issuer', name], settings);
  if (spec.default === true) await client.write('POST', [mount, 'config', 'issuers'], { default: name });
};

interface Making {
  readonly mount: string;
  readonly name: string;
  readonly spec: IssuerSpec;
  /** The key that an earlier run has made. */
  readonly key: Listed | undefined;
}

const text = (items: readonly string[] | undefined): string | undefined => items?.join(',');

/** The subject of a certificate, as Vault takes it for roots, requests and what it signs. */
const subjectBody = (spec: IssuerSpec): object => ({
  common_name: spec.commonName,
  organization: spec.organization,
  ou: spec.ou,
  country: spec.country,
  locality: spec.locality,
  province: spec.province,
  street_address: spec.streetAddress,
  postal_code: spec.postalCode,
  alt_names: text(spec.altNames),
  ip_sans: text(spec.ipSans),
});

/** What the signer says of it: its life, and what may follow below it. */
const authorityBody = (spec: IssuerSpec): object => ({
  ttl: spec.ttl === undefined ? undefined : `${spec.ttl}s`,
  max_path_length: spec.maxPathLength,
  ...inWords(constraintWords, spec),
});

/** How a key comes into a certificate or a request: the one that is there, or a new one with the issuer's name. */
const keyOf = ({ key, name, spec }: Making): { readonly from: 'internal' | 'existing'; readonly body: object } =>
  key === undefined
    ? { from: 'internal', body: { key_name: name, ...(spec.key === undefined ? {} : keyBody(spec.key)) } }
    : { from: 'existing', body: { key_ref: key.id } };

const makeRoot = async (client: VaultClient, making: Making): Promise<void> => {
  const { mount, name, spec } = making;
  await refuseShortMount(client, mount, spec);
  const { from, body } = keyOf(making);
  await client.write('POST', [mount, 'root', 'generate', from], {
    issuer_name: name,
    ...body,
    ...subjectBody(spec),
    ...authorityBody(spec),
  });
};

const tuneAnswer = z.object({ max_lease_ttl: z.number() });

// Vault cuts what would live longer than the mount that signs allows, with a warning only.
const refuseShortMount = async (client: VaultClient, mount: string, { ttl = 0 }: IssuerSpec): Promise<void> => {
  const { max_lease_ttl: most = ttl } = (await client.read(['sys', 'mounts', mount, 'tune'], tuneAnswer)) ?? {};
  if (ttl <= most) return;
  throw new LabError(
    'REJECTED',
    `its certificate would end after ${most} s, as the mount ${mount} has it, not ${ttl} s`,
    {
      next: `Raise maxTtl of the mount ${mount} to at least ${ttl}s, or shorten the ttl of the issuer.`,
    },
  );
};

const requestAnswer = z.object({ csr: z.string() });
const signedAnswer = z.object({ certificate: z.string() });
const importAnswer = z.object({ mapping: z.record(z.string(), z.string()) });

const giveName = (client: VaultClient, { mount, name }: Making, id: string): Promise<void> =>
  client.write('PATCH', [mount, 'issuer', id], { issuer_name: name });

/** The id of the new issuer. */
const signAndImport = async (client: VaultClient, making: Making): Promise<string> => {
  const { mount, name, spec } = making;
  const { from, body } = keyOf(making);
  const path = [mount, 'intermediate', 'generate', from];
  const request = () => client.ask(path, { ...body, ...subjectBody(spec) }, requestAnswer);
  const certificates =
    spec.externalCsr === undefined
      ? await signedInside(client, making, request)
      : await signedOutside(
          client,
          { spec, file: spec.externalCsr, isNew: making.key === undefined },
          async () => (await request()).csr,
        );
  const keys = await keysOf(client, mount);
  const { mapping } = await client.ask(
    [mount, 'intermediate', 'set-signed'],
    { certificate: certificates },
    importAnswer,
  );
  const ours = keys.find((key) => key.name === name);
  const id = Object.keys(mapping).find((candidate) => mapping[candidate] === ours?.id);
  if (id !== undefined) return id;
  throw new LabError('REJECTED', `the certificate that was signed for ${mount}/${name} is not one for its key`, {
    next: 'Have the request signed again that lies there now.',
  });
};

/** The certificate of another issuer of this Vault, and those above it, so that Vault answers the whole chain. */
const signedInside = async (
  client: VaultClient,
  { mount, spec, key }: Making,
  request: () => Promise<z.output<typeof requestAnswer>>,
): Promise<string> => {
  const [signerMount, signer] = splitIssuer(spec.signedBy ?? '');
  await refuseShortMount(client, signerMount, spec);
  const sign = async (): Promise<string> => {
    const { csr } = await request();
    const body = { csr, ...subjectBody(spec), ...authorityBody(spec) };
    return (await client.ask([signerMount, 'issuer', signer, 'sign-intermediate'], body, signedAnswer)).certificate;
  };
  const before = key && (await signedBefore(client, { mount, key, signerMount }));
  const certificate = before ?? (await sign());
  const above = (await readIssuer(client, signerMount, signer))?.ca_chain ?? [];
  return [certificate, ...above].map((pem) => `${pem.trim()}\n`).join('');
};

const serials = z.object({ keys: z.array(z.string()) });
// Not every version says it.
const keyAnswer = z.object({ subject_key_id: z.string().optional() });
const storedAnswer = z.object({ certificate: z.string(), revocation_time: z.number() });

// An authority of authorities has signed few certificates. With more than this, one more does no harm.
const mostSerials = 200;

/** The certificate that an earlier run had signed for this key and that never came to its mount. */
const signedBefore = async (
  client: VaultClient,
  { mount, key, signerMount }: { readonly mount: string; readonly key: Listed; readonly signerMount: string },
): Promise<string | undefined> => {
  const ours = await client.read([mount, 'key', key.id], keyAnswer);
  const { keys = [] } = (await client.list([signerMount, 'certs'], serials)) ?? {};
  if (ours?.subject_key_id === undefined || keys.length > mostSerials) return undefined;
  for (const serial of keys) {
    const stored = await client.read([signerMount, 'cert', serial], storedAnswer);
    if (stored === undefined || stored.revocation_time > 0) continue;
    const { x509 } = parseCertificate(stored.certificate);
    if (x509.ca && x509.validToDate > new Date() && keyIdOf(x509) === ours.subject_key_id) return stored.certificate;
  }
  return undefined;
};

/** What an issuer is told beside what its certificate says. */
export const issuerWords = {
  usage: 'usage',
  leafNotAfter: 'leaf_not_after_behavior',
  revocationSignature: 'revocation_signature_algorithm',
  issuingCertificates: 'issuing_certificates',
  crlDistributionPoints: 'crl_distribution_points',
  ocspServers: 'ocsp_servers',
};

/** Removes an issuer and its key, unless another issuer has the same key. */
export const removeIssuer = async (client: VaultClient, [mount = '', name = '']: readonly string[]): Promise<void> => {
  const issuers = await issuersOf(client, mount);
  const issuer = issuers.find((candidate) => candidate.name === name);
  if (issuer !== undefined) await client.remove([mount, 'issuer', issuer.id]);
  const keys = await keysOf(client, mount);
  const key = keys.find((candidate) => candidate.id === issuer?.keyId || candidate.name === name);
  const shared = issuers.some(({ id, keyId }) => id !== issuer?.id && keyId === key?.id);
  if (key !== undefined && !shared) await client.remove([mount, 'key', key.id]);
};
