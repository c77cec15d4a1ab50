import { isIP } from 'node:net';
import { z } from 'zod';
import type { Fields } from '../../../engine/value.ts';
import type { Words } from '../recognising.ts';
import { elementsOf, extensionIn, inside } from './der.ts';
import { normalRange, rangeIn } from './ip-range.ts';

// Names that an authority may sign, and names that it may not (RFC 5280 §4.2.1.10). They hold for all that follows below it.

const setOf = (what: string, normal: (text: string) => string | undefined) =>
  z
    .array(z.string())
    .min(1, 'must name one at least; leave it out for any')
    .transform((items, context) => {
      const found = items.flatMap((item) => {
        const normalised = normal(item);
        if (normalised === undefined) context.addIssue({ code: 'custom', message: `"${item}" is no ${what}` });
        return normalised ?? [];
      });
      return [...new Set(found)].toSorted();
    })
    .optional();

const domainForm = String.raw`\.?[\w-]+(\.[\w-]+)*`;

const matching = (form: string) => {
  const pattern = new RegExp(`^${form}$`);
  return (text: string) => (pattern.test(text) && isIP(text) === 0 ? text : undefined);
};

const domains = () =>
  setOf('domain; write lab.internal, which stands for the names below it too', matching(domainForm));
const ranges = () => setOf('range of addresses; write 10.0.0.0/8 or 2001:db8::/32', normalRange);
const mails = () => setOf('mail address, and no domain of some', matching(String.raw`([^@\s,]+@)?${domainForm}`));

/** The fields of an issuer for them. */
export const constraintShape = {
  permittedDnsDomains: domains().describe('The only domains that certificates below it may name.'),
  excludedDnsDomains: domains().describe('Domains that they may not name.'),
  permittedIpRanges: ranges().describe('The only addresses that they may name: 10.0.0.0/8.'),
  excludedIpRanges: ranges().describe('Addresses that they may not name.'),
  permittedEmailAddresses: mails().describe('The only mail addresses that they may name, or domains of such.'),
  excludedEmailAddresses: mails().describe('Mail addresses that they may not name, or domains of such.'),
  permittedUriDomains: domains().describe(
    'The only hosts that URIs in them may name; with a dot in front, all below it.',
  ),
  excludedUriDomains: domains().describe('Hosts that URIs in them may not name.'),
};

type Constraint = keyof typeof constraintShape;

// Vault's words, and the tags in the certificate: that of the subtrees, then that of the names in them.
const table = [
  { field: 'permittedDnsDomains', word: 'permitted_dns_domains', tags: 'a0 82' },
  { field: 'excludedDnsDomains', word: 'excluded_dns_domains', tags: 'a1 82' },
  { field: 'permittedIpRanges', word: 'permitted_ip_ranges', tags: 'a0 87' },
  { field: 'excludedIpRanges', word: 'excluded_ip_ranges', tags: 'a1 87' },
  { field: 'permittedEmailAddresses', word: 'permitted_email_addresses', tags: 'a0 81' },
  { field: 'excludedEmailAddresses', word: 'excluded_email_addresses', tags: 'a1 81' },
  { field: 'permittedUriDomains', word: 'permitted_uri_domains', tags: 'a0 86' },
  { field: 'excludedUriDomains', word: 'excluded_uri_domains', tags: 'a1 86' },
] as const satisfies readonly { readonly field: Constraint; readonly word: string; readonly tags: string }[];

/** Their names. */
export const constraintFields: readonly Constraint[] = table.map(({ field }) => field);

/** Vault's words for them, at `root/generate` and `sign-intermediate`. */
export const constraintWords: Words = Object.fromEntries(table.map(({ field, word }) => [field, word]));

const nameConstraints = '551d1e';
const ipTag = 0x87;

/** What a certificate says of names, in the words of the spec; other sorts of names are left out. */
export const constraintsIn = (certificate: Buffer): Fields => {
  const found = new Map<Constraint, string[]>();
  for (const subtrees of inside(extensionIn(certificate, nameConstraints) ?? Buffer.of())) {
    for (const subtree of elementsOf(subtrees.content)) {
      const [base] = elementsOf(subtree.content);
      const tags = `${subtrees.tag.toString(16)} ${base?.tag.toString(16)}`;
      const known = table.find((entry) => entry.tags === tags);
      if (base === undefined || known === undefined) continue;
      const text = base.tag === ipTag ? rangeIn(base.content) : base.content.toString();
      found.set(known.field, [...(found.get(known.field) ?? []), text]);
    }
  }
  return Object.fromEntries([...found].map(([field, items]) => [field, [...new Set(items)].toSorted()]));
};
