import { createPublicKey, verify } from 'node:crypto';
import { z } from 'zod';

/** The keys of an issuer (RFC 7517). */
export interface KeySet {
  readonly keys: readonly { readonly kid: string; readonly kty: string; readonly n: string; readonly e: string }[];
}

/** The keys that an issuer publishes; undefined if it cannot be reached. */
export type KeysOf = (issuer: string) => Promise<KeySet | undefined>;

const claimsSchema = z.object({
  iss: z.string(),
  sub: z.string(),
  aud: z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat()),
  exp: z.number(),
});
const headSchema = z.object({ alg: z.string(), kid: z.string().optional() });

/** What a token says. */
export type Claims = z.output<typeof claimsSchema>;

/** A token taken apart, and not believed yet. */
export interface SignedToken {
  readonly claims: Claims;
  /** Whether one of these keys signed it with RS256; undefined if none of them is named. */
  isSignedBy(keys: KeySet): boolean | undefined;
}

/** Takes a token apart; undefined for what is none. */
export const readToken = (token: string): SignedToken | undefined => {
  const [head = '', body = '', signature = ''] = token.split('.');
  const header = decode(head, headSchema);
  const claims = decode(body, claimsSchema);
  if (header === undefined || claims === undefined) return undefined;
  return {
    claims,
    isSignedBy: ({ keys }) => {
      const key = keys.find(({ kid }) => kid === header.kid);
      if (key === undefined) return undefined;
      const { kty, n, e } = key;
      const publicKey = createPublicKey({ key: { kty, n, e }, format: 'jwk' });
      const bytes = Buffer.from(signature, 'base64url');
      return header.alg === 'RS256' && verify('sha256', Buffer.from(`${head}.${body}`), publicKey, bytes);
    },
  };
};

const decode = <T>(part: string, schema: z.ZodType<T>): T | undefined => {
  try {
    return schema.safeParse(JSON.parse(Buffer.from(part, 'base64url').toString())).data;
  } catch {
    return undefined;
  }
};
