import { createHash, createHmac } from 'node:crypto';
import type { AccessKey } from './sdk.ts';

/** A GET that somebody else may send once within `seconds`. */
export interface Presigned {
  readonly url: URL;
  readonly region: string;
  readonly service: string;
  /** Beside `host`; whoever sends it has to send these, too. */
  readonly headers: Readonly<Record<string, string>>;
  readonly seconds: number;
  /** When it is signed. */
  readonly now: Date;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

// RFC 3986, which encodeURIComponent leaves four characters short of.
const encoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

const canonicalQuery = (query: Readonly<Record<string, string>>): string =>
  Object.entries(query)
    .map(([name, value]) => [encoded(name), encoded(value)] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map((pair) => pair.join('='))
    .join('&');

/** Signs by query parameters. Source: "Authenticating requests: using query parameters (AWS Signature Version 4)". */
export const presigned = (given: Presigned, { accessKeyId, secretAccessKey, sessionToken }: AccessKey): string => {
  const { url, region, service, seconds } = given;
  const time = given.now.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const day = time.slice(0, 8);
  const scope = [day, region, service, 'aws4_request'].join('/');
  const headers = Object.entries({ ...given.headers, host: url.host }).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const signed = headers.map(([name]) => name).join(';');
  const query = canonicalQuery({
    ...Object.fromEntries(url.searchParams),
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${accessKeyId}/${scope}`,
    'X-Amz-Date': time,
    'X-Amz-Expires': String(seconds),
    'X-Amz-SignedHeaders': signed,
    ...(sessionToken === undefined ? {} : { 'X-Amz-Security-Token': sessionToken }),
  });
  const lines = headers.map(([name, value]) => `${name}:${value}\n`).join('');
  const request = ['GET', url.pathname, query, lines, signed, sha256('')].join('\n');
  const text = ['AWS4-HMAC-SHA256', time, scope, sha256(request)].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  return `${url.origin}${url.pathname}?${query}&X-Amz-Signature=${hmac(key, text).toString('hex')}`;
};
