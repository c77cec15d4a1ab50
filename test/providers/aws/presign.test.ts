import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { expect, test } from 'vitest';
import { presigned } from '../../../src/providers/aws/presign.ts';

type Bytes = string | ArrayBuffer | ArrayBufferView;
const viewOf = (bytes: Bytes): string | Uint8Array => {
  if (typeof bytes === 'string') return bytes;
  return bytes instanceof ArrayBuffer
    ? new Uint8Array(bytes)
    : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
};

/** What the SDK's own signer wants of a hash. */
class Sha256 {
  readonly #hash;
  constructor(key?: Bytes) {
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', viewOf(key));
  }
  update(data: Bytes): void {
    this.#hash.update(viewOf(data));
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {
    throw new Error('a hash is used once');
  }
}

const now = new Date('2026-01-31T12:34:56.789Z');
const accessKey = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };

test.each([
  ['a user', accessKey],
  ['a session', { ...accessKey, sessionToken: "to/ken+with=all*sorts'of(signs)" }],
])("the token of %s for a cluster is signed as by AWS's own signer", async (_, credentials) => {
  const region = 'eu-west-1';
  const hostname = `sts.${region}.amazonaws.com`;
  const headers = { 'x-k8s-aws-id': 'prod' };
  const url = new URL(`https://${hostname}/?Action=GetCallerIdentity&Version=2011-06-15`);
  const ours = new URL(presigned({ url, region, service: 'sts', headers, seconds: 60, now }, credentials));

  const signer = new SignatureV4({ credentials, region, service: 'sts', sha256: Sha256 });
  const query = { Action: 'GetCallerIdentity', Version: '2011-06-15' };
  const request = {
    method: 'GET',
    protocol: 'https:',
    hostname,
    path: '/',
    query,
    headers: { host: hostname, ...headers },
  };
  const options = { expiresIn: 60, signingDate: now, unhoistableHeaders: new Set(['x-k8s-aws-id']) };
  const theirs = await signer.presign(request, options);

  expect(Object.fromEntries(ours.searchParams)).toEqual(theirs.query);
});
