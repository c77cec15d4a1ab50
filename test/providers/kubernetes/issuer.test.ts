import { describe, expect, onTestFinished, test } from 'vitest';
import type { ManagedCluster } from '../../../src/engine/ports.ts';
import { issuer } from '../../../src/providers/kubernetes/issuer.ts';
import { openDiscovery } from '../../../src/providers/kubernetes/objects/discovery.ts';
import { openObjects } from '../../../src/providers/kubernetes/objects/object-api.ts';
import { openTransport } from '../../../src/providers/kubernetes/wire/transport.ts';
import { fakeApi, type Scripted } from './fake-api.ts';

const forbidden: Scripted = { status: 403, body: { kind: 'Status', reason: 'Forbidden', message: 'not you' } };
const tokenOf = (claims: object): Scripted => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return { status: 201, body: { status: { token: `${part({ alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJl` } } };
};

/** Reads over a connection that may only read. */
const read = async (answers: { discovery: Scripted; token?: Scripted }, managed?: ManagedCluster) => {
  const api = await fakeApi(({ url }) =>
    url.startsWith('/.well-known/') ? answers.discovery : (answers.token ?? forbidden),
  );
  const transport = openTransport(api.access, true, new AbortController().signal);
  onTestFinished(async () => {
    await transport.close();
    await api.close();
  });
  const wire = { send: transport.send, discovery: openDiscovery(transport.send) };
  const live = await issuer
    .bind({ ...wire, objects: openObjects(wire), ...(managed && { managed }) })
    .read(['cluster'], {});
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

  test('is the one that the cloud publishes, or an error that names both', async () => {
    const discovery = { status: 200, body: { issuer: 'https://oic.example/1' } };
    const login = () => Promise.reject(new Error('unused'));
    const cloud = (published?: string): ManagedCluster => ({
      name: 'AKS prod in lab',
      server: 'https://prod',
      ca: '',
      issuer: published,
      login,
    });
    expect((await read({ discovery }, cloud('https://oic.example/1'))).live).toMatchObject({ exists: 'yes' });
    await expect(read({ discovery }, cloud('https://oic.example/1/'))).rejects.toMatchObject({
      code: 'CONFLICT',
      message:
        'AKS prod in lab publishes the issuer https://oic.example/1/, and its API server signs as https://oic.example/1',
    });
    await expect(read({ discovery }, cloud())).rejects.toMatchObject({
      code: 'REJECTED',
      message: expect.stringContaining('AKS prod in lab publishes no issuer'),
    });
  });

  test('is an error where neither tells it', async () => {
    await expect(read({ discovery: forbidden, token: tokenOf({}) })).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await expect(read({ discovery: forbidden })).rejects.toMatchObject({ code: 'DENIED' });
  });
});
