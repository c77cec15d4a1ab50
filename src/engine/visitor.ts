import { reveal, type Secret } from '../secrets/secret.ts';
import type { Ports } from './ports.ts';
import type { Probe } from './resource.ts';

/** A service account of the cluster. */
export interface Account {
  readonly namespace: string;
  readonly name: string;
}

/** What a token says of whom it was given to. */
export interface Claims {
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
}

/** A service account that is about to log in somewhere: with a real token of the cluster. */
export interface Visitor {
  readonly annotations: Readonly<Record<string, string>>;
  readonly token: Secret;
  readonly claims: Claims;
}

/** A visitor, or the probe that says why there is none. */
export type Visit = { readonly is: 'here'; readonly visitor: Visitor } | { readonly is: 'not'; readonly probe: Probe };

const prefix = 'system:serviceaccount:';

/** The `sub` of its tokens. */
export const subjectOf = ({ namespace, name }: Account): string => `${prefix}${namespace}:${name}`;

/** The other way round; undefined for subjects that are no service accounts. */
export const accountIn = (subject: string): Account | undefined => {
  const [namespace = '', name = '', ...more] = subject.startsWith(prefix)
    ? subject.slice(prefix.length).split(':')
    : [];
  return namespace === '' || name === '' || more.length > 0 ? undefined : { namespace, name };
};

/** Takes a short-lived token of a service account. `audience` may depend on the account's annotations. */
export const visit = async (
  ports: Ports,
  account: Account,
  audience: (annotations: Visitor['annotations']) => string,
): Promise<Visit> => {
  const [objects, tokens] = await Promise.all([ports.objects(), ports.tokens()]);
  const found = await objects.get({ group: '', kind: 'ServiceAccount', ...account });
  if (found === undefined) {
    const expected = `service account ${account.namespace}/${account.name}`;
    return { is: 'not', probe: { is: 'failed', check: 'the service account is there', expected, found: 'none' } };
  }
  const annotations = found.metadata.annotations ?? {};
  const token = await tokens.token(account, [audience(annotations)]);
  const claims = claimsIn(token);
  if (claims !== undefined) return { is: 'here', visitor: { annotations, token, claims } };
  const check = "the cluster's token can be read";
  return { is: 'not', probe: { is: 'failed', check, expected: 'a JSON web token', found: 'something else' } };
};

/** One link: equal, or what is expected and what was found. */
export const sameProbe = (check: string, expected: string, found: string | undefined, next?: string): Probe => {
  if (expected === found) return { is: 'proven', check };
  return { is: 'failed', check, expected, found: found ?? 'none', ...(next === undefined ? {} : { next }) };
};

/** Whether every link held. */
export const allProven = (probes: readonly Probe[]): boolean => probes.every(({ is }) => is === 'proven');

const claimsIn = (token: Secret): Claims | undefined => {
  try {
    const payload: unknown = JSON.parse(Buffer.from(reveal(token).split('.')[1] ?? '', 'base64url').toString('utf8'));
    if (typeof payload !== 'object' || payload === null) return undefined;
    const [issuer, subject, audience] = ['iss', 'sub', 'aud'].map((name): unknown => Reflect.get(payload, name));
    if (typeof issuer !== 'string' || typeof subject !== 'string') return undefined;
    return { issuer, subject, audiences: (Array.isArray(audience) ? audience : [audience]).map(String) };
  } catch {
    return undefined;
  }
};
