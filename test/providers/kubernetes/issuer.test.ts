import { describe, expect, onTestFinished, test } from 'vitest';
import { openDiscovery } from '../../../src/providers/kubernetes/discovery.ts';
import { issuer } from '../../../src/providers/kubernetes/issuer.ts';
import { openObjects } from '../../../src/providers/kubernetes/object-api.ts';
import { openTransport } from '../../../src/providers/kubernetes/transport.ts';
import { fakeApi, type Scripted } from './fake-api.ts';

const forbidden: Scripted = { status: 403, body: { kind: 'Status', reason: 'Forbidden', message: 'not you' } };
const tokenOf = (claims: object): Scripted => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return { status: 201, body: { status: { token: `${part({ alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJl` } } };
};

/** Reads over a connection that may only read. */
const read = async (answers: { discovery: Scripted; token?: Scripted }) => {
  const api = await fakeApi(({ url }) =>
    url.startsWith('/.well-known/') ? answers.discovery : (answers.token ?? forbidden),
  );
  const transport = openTransport(api.access, true, new AbortController().signal);
  onTestFinished(async () => {
    await transport.close();
    await api.close();
  });
  const wire = { send: transport.send, discovery: openDiscovery(transport.send) };
  const live = await issuer.bind({ ...wire, objects: openObjects(wire) }).read(['cluster'], {});
  return { live, asked: api.seen.map(({ method, url }) => `${method} ${url}`) };
};

describe("the issuer of the cluster's tokens", () => {
  test('is what discovery says, to the last slash', async () => {
    const { live, asked } = await read({
      discovery: { status: 200, body: { issuer: 'https://oidc.example.com/t/c/' } },
    });
    expect(live).toMatchObject({
      exists: 'yes',
      outputs: { issuer: 'https://oidc.example.com/t/c/', host: 'oidc.example.com/t/c/' },
    });
    expect(asked).toEqual(['GET /.well-known/openid-configuration']);
  });

  test('is the iss of a token where discovery is denied', async () => {
    const { live, asked } = await read({ discovery: forbidden, token: tokenOf({ iss: 'https://oidc.example.com/x' }) });
    expect(live).toMatchObject({ outputs: { issuer: 'https://oidc.example.com/x', host: 'oidc.example.com/x' } });
    expect(asked[1]).toBe('POST /api/v1/namespaces/default/serviceaccounts/default/token');
  });

  test('is an error where neither tells it', async () => {
    await expect(read({ discovery: forbidden, token: tokenOf({}) })).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await expect(read({ discovery: forbidden })).rejects.toMatchObject({ code: 'DENIED' });
  });
});
