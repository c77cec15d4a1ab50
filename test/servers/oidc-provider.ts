import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';

/** An OIDC provider on loopback at which everybody is logged in as one person, and what its client did there. */
export interface OidcProvider {
  readonly issuer: string;
  /** The page's answer: the code that the person brings back to Vault. */
  authorize(page: string): { readonly code: string; readonly state: string };
  close(): void;
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Starts one that knows a client and a person by their claims. */
export const startOidcProvider = async (
  client: { readonly id: string; readonly secret: string },
  claims: Readonly<Record<string, unknown>>,
): Promise<OidcProvider> => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const nonces = new Map<string, string>();
  let issuer = '';
  const idToken = (nonce: string): string => {
    const now = Math.floor(Date.now() / 1000);
    const body = { ...claims, iss: issuer, aud: client.id, iat: now, nbf: now, exp: now + 300, nonce };
    const head = `${encoded({ alg: 'RS256', typ: 'JWT', kid: 'one' })}.${encoded(body)}`;
    return `${head}.${sign('sha256', Buffer.from(head), privateKey).toString('base64url')}`;
  };
  const token = (authorization: string, body: string): object | undefined => {
    const form = new URLSearchParams(body);
    const [, basic = ''] = authorization.split(' ');
    const [id, secret] = Buffer.from(basic, 'base64').toString().split(':').map(decodeURIComponent);
    const known = [id ?? form.get('client_id'), secret ?? form.get('client_secret')];
    const nonce = nonces.get(form.get('code') ?? '');
    if (nonce === undefined || known[0] !== client.id || known[1] !== client.secret) return undefined;
    return { access_token: 'a-token-of-the-provider', token_type: 'Bearer', id_token: idToken(nonce) };
  };
  const answer = (path: string, authorization: string, body: string): object | undefined => {
    switch (path) {
      case '/.well-known/openid-configuration':
        return {
          issuer,
          authorization_endpoint: `${issuer}/login`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/keys`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
        };
      case '/keys':
        return { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }] };
      case '/token':
        return token(authorization, body);
      default:
        return undefined;
    }
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { authorization = '' } = request.headers;
    const found = answer(request.url ?? '', authorization, Buffer.concat(chunks).toString());
    response.writeHead(found === undefined ? 401 : 200, { 'content-type': 'application/json' });
    return response.end(JSON.stringify(found ?? { error: 'invalid_client' }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const bound = server.address();
  if (typeof bound !== 'object' || bound === null) throw new Error('the provider has no port');
  issuer = `http://127.0.0.1:${bound.port}`;
  return {
    issuer,
    authorize: (page) => {
      const { searchParams } = new URL(page);
      const code = `code-${nonces.size + 1}`;
      nonces.set(code, searchParams.get('nonce') ?? '');
      return { code, state: searchParams.get('state') ?? '' };
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
