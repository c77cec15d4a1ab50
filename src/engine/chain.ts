import { LabError } from '../errors.ts';
import { brokenVisits } from './chain-visits.ts';
import type { AccountLink, IssuerLink, TrustLink } from './link.ts';
import { type At, placeOf, whose } from './linked.ts';
import { type Node, type Nodes, referencesIn, subjectOf } from './node.ts';
import { type Fields, isReference, type OutputRef, type Value } from './value.ts';
import { subjectOf as tokenSubject } from './visitor.ts';

/** What was seen of the systems, as far as it could be. */
export interface Seen {
  /** An output of a resource of the manifest. */
  output(reference: OutputRef): Value | undefined;
  /** The spec of an object as it is now; undefined where it is not there, or cannot be looked at. */
  readonly live: (address: string) => Fields | undefined;
  /** The `iss` of the cluster's tokens. Asked for only where the manifest writes one itself. */
  issuer(account: Node, reference: OutputRef): Promise<Value | undefined>;
  /** Whether the provider holds an issuer that would do; true where that cannot be told. */
  holds(node: Node, issuer: string, audience: string): Promise<boolean>;
}

interface Fault {
  readonly field: 'issuer' | 'subject' | 'audience';
  readonly expected: string;
  readonly found: string;
}

interface Judged {
  readonly account: At<AccountLink>;
  readonly issuer: string | undefined;
  readonly trusts: readonly { readonly trust: At<TrustLink>; readonly faults: readonly Fault[] }[];
}

/**
 * What the manifest itself says of who takes whose tokens, held against the cluster's `iss` and against the service
 * accounts that name the taker: an account that nobody would let in is an error, by the address of what is wrong.
 */
export const brokenLinks = async (nodes: Nodes, seen: Seen): Promise<ReadonlyMap<string, LabError>> => {
  const links = [...nodes.values()].flatMap((node) => {
    const link = node.facts.link(node.id, node.resource.spec);
    return link === undefined ? [] : [{ node, link }];
  });
  const accounts = links.flatMap(({ node, link }) => (link.is === 'account' ? [{ node, link }] : []));
  const trusts = links.flatMap(({ node, link }) => (link.is === 'trust' ? [{ node, link }] : []));
  const issuers = links.flatMap(({ node, link }) => (link.is === 'issuer' ? [{ node, link }] : []));

  const namedBy = namesIn(nodes, seen);
  const judged: Judged[] = [];
  for (const account of accounts) {
    const named = trusts.filter(({ link }) => namedBy(account.link, link));
    for (const group of Map.groupBy(named, ({ link }) => link.taker.address).values()) {
      const writes = [...group, ...issuers].some(({ link }) => typeof link.issuer === 'string');
      const issuer = writes ? await seen.issuer(account.node, account.link.issuer) : undefined;
      const known = typeof issuer === 'string' ? issuer : undefined;
      const judge = (trust: At<TrustLink>) => ({ trust, faults: faultsOf(account.link, trust.link, known) });
      judged.push({ account, issuer: known, trusts: group.map(judge) });
    }
  }

  const visits = links.flatMap(({ node, link }) => (link.is === 'visit' ? [{ node, link }] : []));
  const broken = new Map<string, LabError>(brokenVisits(visits, accounts, seen.live));
  const blame = (node: Node, error: LabError) => broken.set(node.address, broken.get(node.address) ?? error);
  const right = new Set(judged.flatMap((one) => rightIn(one).map(({ trust }) => trust.node.address)));
  for (const one of judged) {
    const [holding] = rightIn(one);
    const nearest = one.trusts.toSorted((a, b) => a.faults.length - b.faults.length)[0];
    if (holding !== undefined) {
      const fault = await wrongIssuer(one, holding.trust, issuers, seen);
      if (fault !== undefined) blame(fault.node, refusal(one.account, [fault.fault]));
    } else if (nearest !== undefined && !right.has(nearest.trust.node.address)) {
      blame(nearest.trust.node, refusal(one.account, nearest.faults));
    } else if (nearest !== undefined) {
      // That one is for another account, and right for it.
      blame(one.account.node, letInByNobody(one.account, nearest.trust));
    }
  }
  return broken;
};

const rightIn = ({ trusts }: Judged) => trusts.filter(({ faults }) => faults.length === 0);

/** Whether an account's annotations name whom a trust is for: by reference, or as the text that this comes to. */
const namesIn = (nodes: Nodes, seen: Seen) => {
  const bySubject = new Map([...nodes.values()].map((node) => [subjectOf(node.resource.kind, node.id), node.address]));
  return ({ annotations }: AccountLink, { taker, isTaker }: TrustLink): boolean => {
    const address = bySubject.get(taker.address);
    const output = address === undefined ? undefined : seen.output({ address, output: taker.output });
    return Object.values(annotations).some((value) => {
      if (isReference(value)) {
        return referencesIn(value).some((part) => part.address === address && part.output === taker.output);
      }
      return typeof value === 'string' && (value === output || (output === undefined && isTaker(value)));
    });
  };
};

const faultsOf = (
  account: AccountLink,
  { issuer, subjects, audience, asked }: TrustLink,
  known: string | undefined,
): readonly Fault[] => {
  const subject = tokenSubject(account);
  const wanted = asked(account.annotations);
  return [
    ...(known === undefined || typeof issuer !== 'string' || issuer === known
      ? []
      : [{ field: 'issuer' as const, expected: known, found: issuer }]),
    ...(subjects === undefined || subjects.includes(subject)
      ? []
      : [{ field: 'subject' as const, expected: subject, found: subjects.join(', ') }]),
    ...(typeof audience !== 'string' || audience === wanted
      ? []
      : [{ field: 'audience' as const, expected: wanted, found: audience }]),
  ];
};

/** What is wrong with the issuers of the manifest where none of them, and none of anybody else's, is the account's. */
const wrongIssuer = async (
  { account, issuer }: Judged,
  { node: { provider }, link }: At<TrustLink>,
  all: readonly At<IssuerLink>[],
  seen: Seen,
): Promise<{ node: Node; fault: Fault } | undefined> => {
  const audience = link.asked(account.link.annotations);
  const own = all.filter(({ node }) => node.provider === provider);
  const fault = ({ link: { issuer: found, audiences } }: At<IssuerLink>): Fault | undefined => {
    if (issuer !== undefined && typeof found === 'string' && found !== issuer)
      return { field: 'issuer', expected: issuer, found };
    if (audiences === undefined || audiences.includes(audience)) return undefined;
    return { field: 'audience', expected: audience, found: audiences.join(', ') };
  };
  const judged = own.flatMap((one) => {
    const found = fault(one);
    return found === undefined ? [] : [{ one, found }];
  });
  const worst = judged.toSorted((a, b) => rank(a.found) - rank(b.found))[0];
  if (issuer === undefined || worst === undefined || judged.length < own.length) return undefined;
  if (await seen.holds(worst.one.node, issuer, audience)) return undefined;
  return { node: worst.one.node, fault: worst.found };
};

// The right issuer for another audience is nearer than another issuer.
const rank = ({ field }: Fault): number => (field === 'audience' ? 0 : 1);

const refusal = (account: At<AccountLink>, faults: readonly Fault[]): LabError => {
  const found = faults.map(({ field, expected, found: is }) => `${field} expected ${expected}, found ${is}`);
  return new LabError('BAD_MANIFEST', `lets no token of ${whose(account)} in: ${found.join('; ')}`, {
    next: `Write what is expected; every character counts. ${elsewhere}`,
  });
};

const letInByNobody = (account: At<AccountLink>, nearest: At<TrustLink>): LabError => {
  const { address } = nearest.node;
  const message = `nobody lets ${tokenSubject(account.link)} in where its annotations say: ${address} (${placeOf(nearest.node)}) is for ${nearest.link.subjects?.join(', ') ?? 'others'}`;
  return new LabError('BAD_MANIFEST', message, {
    next: `Let it in as well. ${elsewhere}`,
  });
};

const elsewhere = 'If something else lets it in, name that here as it is, with manage: existing.';
