/** What the signature of a request claims. It is not verified: whoever knows the key's id is let in. */
export interface Claim {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
}

const pattern = /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/\d{8}\/([^/,]+)\/([^/,]+)\/aws4_request,/;

/** The claim in an Authorization header of Signature Version 4; undefined if there is none. */
export const claimOf = (authorization: string | undefined): Claim | undefined => {
  const [, accessKeyId, region, service] = pattern.exec(authorization ?? '') ?? [];
  if (accessKeyId === undefined || region === undefined || service === undefined) return undefined;
  return { accessKeyId, region, service };
};
