import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Whose key may sign, for which clusters, and where STS is; `now` in milliseconds. */
export interface TokenTerms {
  readonly accessKey: { readonly id: string; readonly secret: string };
  readonly clusters: readonly string[];
  /** HOST:PORT of the sandbox's own. */
  readonly host: string;
  readonly now: number;
}

// A cluster of EKS takes no question to STS that is older, whatever it says of its own end.
const mostMs = 15 * 60_000;

/**
 * Whether a token of a cluster is a question to STS that this key signed for one of these clusters a short while ago.
 * EKS sends it with the header x-k8s-aws-id, which is not in the token but is signed. Source: aws-iam-authenticator;
 * "Signature Version 4: using query parameters".
 */
export const isClusterToken = (token: string, terms: TokenTerms): boolean => {
  const [, encoded] = /^k8s-aws-v1\.([\w-]+)$/.exec(token) ?? [];
  const text = encoded === undefined ? '' : Buffer.from(encoded, 'base64url').toString('utf8');
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const isSts = url.host === terms.host || /^sts\.([a-z0-9-]+\.)?amazonaws\.com(\.cn)?$/.test(url.host);
  const asks = url.pathname === '/' && url.searchParams.get('Action') === 'GetCallerIdentity';
  if (!isSts || !asks || !isCurrent(url.searchParams, terms.now)) return false;
  return terms.clusters.some((cluster) => isSigned(url, cluster, terms));
};

const isCurrent = (query: URLSearchParams, now: number): boolean => {
  const time = (query.get('X-Amz-Date') ?? '').replace(
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/,
    '$1-$2-$3T$4:$5:$6Z',
  );
  const age = now - Date.parse(time);
  return age > -mostMs && age < mostMs;
};

const isSigned = (url: URL, cluster: string, { accessKey }: TokenTerms): boolean => {
  const query = url.searchParams;
  const [id, day = '', region = '', service = ''] = query.get('X-Amz-Credential')?.split('/') ?? [];
  if (id !== accessKey.id || service !== 'sts') return false;
  const headers: Readonly<Record<string, string>> = { host: url.host, 'x-k8s-aws-id': cluster };
  const names = query.get('X-Amz-SignedHeaders')?.split(';') ?? [];
  if (!names.includes('x-k8s-aws-id') || names.some((name) => headers[name] === undefined)) return false;
  const rest = [...query].filter(([name]) => name !== 'X-Amz-Signature');
  const parts = rest.map(([name, value]) => `${escaped(name)}=${escaped(value)}`).toSorted();
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join('');
  const request = ['GET', '/', parts.join('&'), lines, names.join(';'), sha256('')].join('\n');
  const scope = [day, region, service, 'aws4_request'].join('/');
  const text = ['AWS4-HMAC-SHA256', query.get('X-Amz-Date'), scope, sha256(request)].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${accessKey.secret}`);
  const given = Buffer.from(query.get('X-Amz-Signature') ?? '');
  const expected = Buffer.from(hmac(key, text).toString('hex'));
  return given.length === expected.length && timingSafeEqual(given, expected);
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const escaped = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
