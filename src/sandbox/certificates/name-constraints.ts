import * as der from './der.ts';
import { ipBytes, rangeText } from './ip.ts';
import type { Alternatives } from './x509.ts';

/** Names by their sort. */
interface Names {
  readonly dns: readonly string[];
  readonly ip: readonly Buffer[];
  readonly email: readonly string[];
  readonly uri: readonly string[];
}

/** What an authority may sign for, and what not; a sort of which nothing is permitted is not constrained (RFC 5280 §4.2.1.10). */
export interface NameConstraints {
  readonly permitted: Names;
  readonly excluded: Names;
}

const tags = { email: 1, dns: 2, uri: 6, ip: 7 } as const;

const subtreesOf = ({ dns, ip, email, uri }: Names): readonly der.Der[] =>
  [
    ...dns.map((text) => der.implicit(tags.dns, Buffer.from(text))),
    ...ip.map((bytes) => der.implicit(tags.ip, bytes)),
    ...email.map((text) => der.implicit(tags.email, Buffer.from(text))),
    ...uri.map((text) => der.implicit(tags.uri, Buffer.from(text))),
  ].map((name) => der.sequence(name));

/** The value of the extension, undefined where nothing is constrained. */
export const constraintsValue = ({ permitted, excluded }: NameConstraints): der.Der | undefined => {
  const parts = [subtreesOf(permitted), subtreesOf(excluded)].flatMap((subtrees, tag) =>
    subtrees.length === 0 ? [] : [der.constructed(tag, ...subtrees)],
  );
  return parts.length === 0 ? undefined : der.sequence(...parts);
};

const type = der.objectIdentifier('2.5.29.30');

const inside = (bytes: Buffer) => der.elementsOf(der.elementsOf(bytes)[0]?.content ?? bytes);

/** The constraints in a certificate. */
export const constraintsIn = (certificate: Buffer): NameConstraints => {
  const [body] = inside(certificate);
  const extensions = body === undefined ? undefined : der.elementsOf(body.content).at(-1);
  const found = inside(extensions?.content ?? Buffer.of())
    .map(({ content }) => der.elementsOf(content))
    .find(([first]) => first?.whole.equals(type) === true);
  const subtrees = inside(found?.at(-1)?.content ?? Buffer.of());
  const namesIn = (tag: number): Names => {
    const bases = subtrees
      .filter((element) => element.tag === (0xa0 | tag))
      .flatMap(({ content }) => der.elementsOf(content))
      .flatMap(({ content }) => der.elementsOf(content).slice(0, 1));
    const of = (sort: number) => bases.filter((base) => base.tag === (0x80 | sort)).map(({ content }) => content);
    const textsOf = (sort: number) => of(sort).map((content) => content.toString());
    return { dns: textsOf(tags.dns), ip: of(tags.ip), email: textsOf(tags.email), uri: textsOf(tags.uri) };
  };
  return { permitted: namesIn(0), excluded: namesIn(1) };
};

/** The first name that these constraints do not let through, in the words of Go's `x509`; undefined: none. */
export const complaintAbout = (
  { permitted, excluded }: NameConstraints,
  { dnsNames, emails, ips, uris }: Alternatives,
): string | undefined =>
  firstOf(dnsNames, 'DNS name', { permitted: permitted.dns, excluded: excluded.dns, fits: isBelow }) ??
  firstOf(emails, 'email address', { permitted: permitted.email, excluded: excluded.email, fits: isMailOf }) ??
  firstOf(ips, 'IP address', { permitted: permitted.ip, excluded: excluded.ip, fits: isInRange }) ??
  firstOf(uris, 'URI', { permitted: permitted.uri, excluded: excluded.uri, fits: isHostBelow });

interface Test<Constraint> {
  readonly permitted: readonly Constraint[];
  readonly excluded: readonly Constraint[];
  readonly fits: (name: string, constraint: Constraint) => boolean;
}

const firstOf = <Constraint extends string | Buffer>(
  names: readonly string[],
  sort: string,
  { permitted, excluded, fits }: Test<Constraint>,
): string | undefined => {
  for (const name of names) {
    const against = excluded.find((constraint) => fits(name, constraint));
    if (against !== undefined) {
      return `${sort} "${name}" is excluded by constraint "${typeof against === 'string' ? against : rangeText(against)}"`;
    }
    if (permitted.length > 0 && !permitted.some((constraint) => fits(name, constraint))) {
      return `${sort} "${name}" is not permitted by any constraint`;
    }
  }
  return undefined;
};

const isBelow = (name: string, domain: string): boolean => {
  const [own, base] = [name.toLowerCase(), domain.toLowerCase()];
  return own.endsWith(base.startsWith('.') ? base : `.${base}`) || own === base;
};

const isHostBelow = (uri: string, domain: string): boolean =>
  URL.canParse(uri) && isBelow(new URL(uri).hostname, domain);

const isMailOf = (mail: string, constraint: string): boolean => {
  const [local, domain = ''] = mail.split('@');
  const [wantedLocal, wantedDomain] = constraint.split('@');
  return wantedDomain === undefined
    ? isBelow(domain, constraint)
    : local === wantedLocal && domain.toLowerCase() === wantedDomain.toLowerCase();
};

const isInRange = (ip: string, range: Buffer): boolean => {
  const address = ipBytes(ip);
  const [base, mask] = [range.subarray(0, range.length / 2), range.subarray(range.length / 2)];
  return address.length === base.length && address.every((byte, at) => (byte & (mask[at] ?? 0)) === base[at]);
};
