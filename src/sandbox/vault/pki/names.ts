import { isIP } from 'node:net';
import type { Alternatives } from '../../certificates/x509.ts';
import type { Role } from './content.ts';

const hostName =
  /^(\*\.)?(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])\.)*([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])\.?$/;

/** What is asked for beside the subject. */
export interface AskedNames {
  readonly common_name?: string;
  readonly alt_names?: string;
  readonly ip_sans?: readonly string[];
  readonly uri_sans?: readonly string[];
  readonly exclude_cn_from_sans?: boolean;
}

/** The alternative names of a certificate: the common name is one of them where it is a host name or a mail address. */
export const alternativesOf = (asked: AskedNames): Alternatives => {
  const common = asked.exclude_cn_from_sans === true ? [] : [asked.common_name ?? ''];
  const others = (asked.alt_names ?? '').split(',').map((name) => name.trim());
  const names = [...new Set([...common, ...others])].filter((name) => name !== '').toSorted();
  return {
    dnsNames: names.filter((name) => !name.includes('@') && hostName.test(name)),
    emails: names.filter((name) => name.includes('@')),
    ips: asked.ip_sans ?? [],
    uris: asked.uri_sans ?? [],
  };
};

/** What Vault says of an address that is none. */
export const ipComplaint = (ips: readonly string[] | undefined): string | undefined => {
  const wrong = (ips ?? []).find((text) => isIP(text) === 0);
  return wrong === undefined ? undefined : `the value "${wrong}" is not a valid IP address`;
};

/** What Vault says of names that a role does not let in. */
export const namesComplaint = (role: Role, asked: AskedNames): string | undefined => {
  const common = asked.common_name ?? '';
  if (common === '' && role['require_cn'] !== false) {
    return 'the common_name field is required, or must be provided in a CSR with "use_csr_common_name" set to true, unless "require_cn" is set to false';
  }
  if (common !== '' && !isAllowedCommonName(role, common)) return `common name ${common} not allowed by this role`;
  const { dnsNames, emails, ips, uris } = alternativesOf(asked);
  const name = dnsNames.find((text) => !isAllowed(role, text));
  if (name !== undefined) return `subject alternate name ${name} not allowed by this role`;
  const email = emails.find((text) => !isAllowed(role, text));
  if (email !== undefined) return `email address ${email} not allowed by this role`;
  if (ips.length > 0 && role['allow_ip_sans'] === false) {
    return `IP Subject Alternative Names are not allowed in this role, but was provided [${ips.join(' ')}]`;
  }
  const allowed = textsOf(role, 'allowed_uri_sans');
  if (uris.length > 0 && allowed.length === 0) {
    return 'URI Subject Alternative Names are not allowed in this role, but were provided via the API';
  }
  return (
    ipComplaint(ips) ??
    (uris.every((uri) => allowed.some((glob) => matchesGlob(glob, uri)))
      ? undefined
      : 'URI Subject Alternative Names were provided via the API which are not valid for this role')
  );
};

const textsOf = (role: Role, field: string): readonly string[] => {
  const value = role[field];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
};

const matchesGlob = (glob: string, text: string): boolean =>
  new RegExp(
    `^${glob
      .split('*')
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
    'i',
  ).test(text);

const isAllowedCommonName = (role: Role, name: string): boolean => {
  const validations = textsOf(role, 'cn_validations');
  if (validations.join() === 'disabled') return true;
  return isAllowed(role, name) && validations.includes(name.includes('@') ? 'email' : 'hostname');
};

/** Whether a role lets a name in, as Vault's ValidateNames decides. */
const isAllowed = (role: Role, name: string): boolean => {
  const [user, domain, ...more] = name.split('@');
  if (more.length > 0) return false;
  const isEmail = domain !== undefined;
  const full = isEmail ? domain : (user ?? '');
  const isWildcard = full.includes('*');
  if (
    isWildcard &&
    (isEmail || role['allow_wildcard_certificates'] === false || !/^[^.]*\*[^.*]*\.[^*]+$/.test(full))
  ) {
    return false;
  }
  const reduced = isWildcard ? full.slice(full.indexOf('.') + 1) : full;
  if (role['enforce_hostnames'] === true && !hostName.test(reduced)) return false;
  if (role['allow_any_name'] === true) return true;
  const below = role['allow_subdomains'] === true;
  const isBelow = (base: string) => below && (reduced.endsWith(`.${base}`) || (isWildcard && reduced === base));
  const local = ['localhost', 'localdomain'];
  if (role['allow_localhost'] === true && (local.includes(reduced) || local.some(isBelow))) return true;
  return textsOf(role, 'allowed_domains').some(
    (base) =>
      (role['allow_bare_domains'] === true &&
        [name, isEmail ? full : name].some((text) => text.toLowerCase() === base.toLowerCase())) ||
      isBelow(base) ||
      (role['allow_glob_domains'] === true && base.includes('*') && matchesGlob(base, name)),
  );
};
