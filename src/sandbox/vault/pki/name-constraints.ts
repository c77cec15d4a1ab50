import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { rangeBytes } from '../../certificates/ip.ts';
import { complaintAbout, constraintsIn, type NameConstraints } from '../../certificates/name-constraints.ts';
import type { Alternatives } from '../../certificates/x509.ts';
import type { Values } from '../fields.ts';
import type { Issuer, PkiStore } from './content.ts';
import { chainOf } from './issuer-store.ts';

/** What says whose names an authority may sign. */
export const constraintFields = {
  permitted_dns_domains: 'commaList',
  excluded_dns_domains: 'commaList',
  permitted_ip_ranges: 'commaList',
  excluded_ip_ranges: 'commaList',
  permitted_email_addresses: 'commaList',
  excluded_email_addresses: 'commaList',
  permitted_uri_domains: 'commaList',
  excluded_uri_domains: 'commaList',
} as const;

type Given = Values<typeof constraintFields>;

const ranges = (texts: readonly string[] = []): readonly Buffer[] => texts.flatMap((text) => rangeBytes(text) ?? []);

/** The constraints that are asked for. */
export const constraintsOf = (given: Given): NameConstraints => ({
  permitted: {
    dns: given.permitted_dns_domains ?? [],
    ip: ranges(given.permitted_ip_ranges),
    email: given.permitted_email_addresses ?? [],
    uri: given.permitted_uri_domains ?? [],
  },
  excluded: {
    dns: given.excluded_dns_domains ?? [],
    ip: ranges(given.excluded_ip_ranges),
    email: given.excluded_email_addresses ?? [],
    uri: given.excluded_uri_domains ?? [],
  },
});

/** A list of ranges with one that is none, and what is wrong with it. */
export const wrongRange = (
  given: Given,
): { readonly list: 'permitted' | 'excluded'; readonly why: string } | undefined => {
  for (const list of ['permitted', 'excluded'] as const) {
    const wrong = (given[`${list}_ip_ranges`] ?? []).find((text) => rangeBytes(text) === undefined);
    if (wrong !== undefined) {
      return { list, why: `error parsing IP range "${wrong}": invalid CIDR address: ${wrong}` };
    }
  }
  return undefined;
};

const isDomain = (text: string): boolean => /^\.?[!-\-/-~]+(\.[!-\-/-~]+)*$/.test(text);

/** What Go says of the certificate that would come of it. */
export const wrongName = (given: Given): string | undefined => {
  const { permitted, excluded } = constraintsOf(given);
  for (const { dns, email, uri } of [permitted, excluded]) {
    const noDomain = dns.find((text) => !isDomain(text));
    const noMail = email.find((text) => !isDomain(text.replace(/^[^@]+@(?=[^.])/, '')) || text.startsWith('@'));
    const noHost = uri.find((text) => isIP(text) !== 0 || !isDomain(text));
    const wrong =
      (noDomain === undefined ? undefined : `dnsName constraint "${noDomain}"`) ??
      (noMail === undefined ? undefined : `rfc822Name constraint "${noMail}"`) ??
      (noHost === undefined
        ? undefined
        : `URI constraint "${noHost}"${isIP(noHost) === 0 ? '' : ': cannot be IP address'}`);
    if (wrong !== undefined) return `unable to parse created certificate: x509: failed to parse ${wrong}`;
  }
  return undefined;
};

/** Why no certificate for these names can be below this issuer: what it or one above it is not let sign. */
export const forbidden = (
  store: PkiStore,
  issuer: Issuer,
  { commonName, alternatives }: { readonly commonName: string; readonly alternatives: Alternatives },
): string | undefined => {
  const isNameless = Object.values(alternatives).every((names) => names.length === 0);
  for (const pem of chainOf(store, issuer)) {
    const constraints = constraintsIn(new X509Certificate(pem).raw);
    const isFree = [constraints.permitted, constraints.excluded].every((names) =>
      Object.values(names).every((items) => items.length === 0),
    );
    if (isFree) continue;
    if (isNameless && isHost(commonName)) {
      return "x509: issuer has name constraints but leaf doesn't have a SAN extension";
    }
    const complaint = complaintAbout(constraints, alternatives);
    if (complaint !== undefined) {
      return `x509: a root or intermediate certificate is not authorized to sign for this name: ${complaint}`;
    }
  }
  return undefined;
};

const isHost = (name: string): boolean => /^[\w-]+(\.[\w-]+)*$/.test(name);
