import { address } from '../../engine/address.ts';
import type { Path } from '../../engine/path.ts';
import { didYouMean } from '../../engine/suggest.ts';
import { isFields } from '../../engine/value.ts';
import { own } from '../own.ts';
import { splitNamespaced } from '../schema/names.ts';
import type { SecretEntry } from '../schema/secrets.ts';
import type { CertificateSecret } from '../schema/secrets-certificate.ts';
import type { PkiMount } from '../schema/vault-pki.ts';
import { defined } from './defined.ts';
import { type Found, type Given, wrong } from './draft.ts';
import { externalSecretSpec } from './external-secret.ts';
import { expandGenerator, type Login, loginLife, loginOf, splitRole, tooLate, uninvited } from './secret-generator.ts';

const word = 'certificate';

// Vault answers the chain as a list, the issuer first: what stands last is what is trusted, what comes before it has to be
// sent along by whoever shows the certificate.
const keys = {
  'tls.crt': '{{ .certificate }}\n{{ .ca_chain | fromJson | initial | join "\\n" }}\n',
  'tls.key': '{{ .private_key }}\n',
  'ca.crt': '{{ .ca_chain | fromJson | last }}\n',
};

/** An entry of `secrets` with `certificate`: who logs in, the generator, and the ExternalSecret that it feeds. */
export function* expandCertificate(
  given: Given,
  entry: string,
  secret: SecretEntry,
  certificate: CertificateSecret,
): Generator<Found> {
  const login = loginOf(given, entry, word, certificate);
  if ('is' in login) {
    yield login;
    return;
  }
  yield* complaints(given, entry, secret, certificate, login);
  const { mount, role } = splitRole(certificate.role);
  const { target } = externalSecretSpec(secret, splitNamespaced(entry).name);
  yield* expandGenerator(entry, secret, login, {
    generator: { path: `${mount}/issue/${role}`, method: 'POST', parameters: parametersOf(certificate) },
    after: [address('vault.pki-role', mount, role)],
    target: {
      ...(isFields(target) ? target : {}),
      template: { type: 'kubernetes.io/tls', data: { ...keys, ...secret.template } },
    },
  });
}

const parametersOf = ({ commonName, altNames, ipSans, uriSans, ttl }: CertificateSecret) =>
  defined({
    common_name: commonName,
    alt_names: altNames?.join(','),
    ip_sans: ipSans?.join(','),
    uri_sans: uriSans?.join(','),
    ttl: ttl === undefined ? undefined : `${ttl}s`,
  });

/** What the manifest itself shows to be wrong, where role and login are in it. */
function* complaints(
  given: Given,
  entry: string,
  secret: SecretEntry,
  certificate: CertificateSecret,
  login: Login,
): Generator<Found> {
  const path = ['secrets', entry, word];
  const { mount: mountPath, role: roleName } = splitRole(certificate.role);
  const mount = own(given.manifest.vault?.mounts ?? {}, mountPath);
  if (mount !== undefined && mount.type !== 'pki') {
    yield wrong(given, [...path, 'role'], `${mountPath} is of type ${mount.type}, not pki`);
    return;
  }
  const role = mount === undefined ? undefined : own(mount.roles, roleName);
  if (mount !== undefined && role === undefined) {
    const hint = didYouMean(roleName, Object.keys(mount.roles));
    yield wrong(given, [...path, 'role'], `${mountPath} has no role ${roleName}${hint}`);
  }
  yield* uninvited(given, entry, word, login);
  if (role !== undefined) yield* refusedNames(given, path, certificate, role);
  const most = role?.maxTtl ?? 0;
  if (certificate.ttl !== undefined && most > 0 && certificate.ttl > most) {
    yield wrong(given, [...path, 'ttl'], `is longer than maxTtl of ${certificate.role}; it would be cut`);
  }
  const lives = [
    {
      what: 'how long the certificate lives',
      seconds: certificate.ttl ?? (role?.ttl || undefined) ?? mount?.defaultTtl ?? 0,
    },
    // A certificate that is a lease, too, is revoked with the token that asked for it.
    ...(role?.generateLease === true ? [loginLife(given, login)] : []),
  ];
  yield* tooLate(given, entry, secret, lives, 'certificates end while they are in use');
}

type Role = PkiMount['roles'][string];

/** Host names that the role lets in under no reading; Vault has the last word. */
function* refusedNames(
  given: Given,
  path: Path,
  { commonName, altNames = [] }: CertificateSecret,
  role: Role,
): Generator<Found> {
  if (role.anyName === true || role.globDomains === true || role.domainTemplates === true) return;
  const { domains = [] } = role;
  const isLocal = (name: string) => role.localhost !== false && /(^|\.)local(host|domain)$/.test(name);
  const isIn = (name: string) => {
    const host = name.slice(name.indexOf('@') + 1);
    return domains.some(
      (domain) =>
        (role.subdomains === true && host.endsWith(`.${domain}`)) || (role.bareDomains === true && host === domain),
    );
  };
  const names = [
    { at: [...path, 'commonName'], name: commonName },
    ...altNames.map((name) => ({ at: [...path, 'altNames'], name })),
  ];
  for (const { at, name } of names) {
    if (!isLocal(name) && !isIn(name)) yield wrong(given, at, `${name} is no name that the role lets in`);
  }
}
