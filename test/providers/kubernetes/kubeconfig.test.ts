import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inCluster, openAccess } from '../../../src/providers/kubernetes/client.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-kubeconfig-'));
});
afterAll(() => rm(folder, { recursive: true }));

const server = (name: string) => ({ name, cluster: { server: `https://${name}.example:6443` } });
const config = (names: readonly string[], user: object = { token: 'token-of-the-user' }) => ({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: names.map(server),
  users: names.map((name) => ({ name, user })),
  contexts: names.map((name) => ({ name, context: { cluster: name, user: name } })),
  'current-context': names[0],
});
const file = async (name: string, content: object | string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};

describe('a context of a kubeconfig', () => {
  test('gives the server, the user and the credentials', async () => {
    const kubeconfig = await file('plain', config(['kind-lab']));
    const access = await openAccess({ context: 'kind-lab', kubeconfig }, {});
    expect(access).toMatchObject({ context: 'kind-lab', user: 'kind-lab', server: 'https://kind-lab.example:6443' });
    expect((await access.credentials()).headers).toEqual({ authorization: 'Bearer token-of-the-user' });
  });

  test('that is not there is an error with the known ones and the one that was probably meant', async () => {
    const kubeconfig = await file('names', config(['kind-lab', 'aks-production']));
    await expect(openAccess({ context: 'kind-lb', kubeconfig }, {})).rejects.toMatchObject({
      code: 'BAD_MANIFEST',
      message: expect.stringContaining('"kind-lb"'),
      detail: { next: 'Did you mean "kind-lab"? Known contexts: aks-production, kind-lab.' },
    });
  });

  test('is found in any file of KUBECONFIG, and the earlier file wins', async () => {
    const first = await file('first', config(['one']));
    const second = await file('second', {
      ...config(['one', 'two']),
      users: [{ name: 'two', user: { token: 'second' } }],
    });
    const env = { KUBECONFIG: [first, second].join(delimiter) };
    expect((await (await openAccess({ context: 'two' }, env)).credentials()).headers).toEqual({
      authorization: 'Bearer second',
    });
    expect((await (await openAccess({ context: 'one' }, env)).credentials()).headers).toEqual({
      authorization: 'Bearer token-of-the-user',
    });
  });

  test('is looked for in the home folder without KUBECONFIG', async () => {
    await mkdir(join(folder, '.kube'));
    await file('.kube/config', config(['home']));
    expect((await openAccess({ context: 'home' }, { HOME: folder })).server).toBe('https://home.example:6443');
    await expect(openAccess({ context: 'home' }, { HOME: join(folder, 'nobody') })).rejects.toMatchObject({
      code: 'BAD_MANIFEST',
      message: expect.stringContaining('there is no kubeconfig'),
    });
  });

  test('that names a user who is not described is an error', async () => {
    const kubeconfig = await file('dangling', { ...config(['a']), users: [] });
    await expect(openAccess({ context: 'a', kubeconfig }, {})).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('in-cluster is the pod’s own, and an error outside of one', async () => {
    await expect(openAccess({ context: inCluster }, { HOME: folder })).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: expect.stringContaining('this is no pod'),
    });
  });
});

describe('a kubeconfig', () => {
  test('that cannot be read or parsed is an error that does not quote it', async () => {
    const missing = openAccess({ context: 'a', kubeconfig: join(folder, 'missing') }, {});
    await expect(missing).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: expect.stringContaining('missing'),
    });
    const broken = await file('broken', 'users: [{ token: hunter2');
    const error = await openAccess({ context: 'a' }, { KUBECONFIG: broken }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'UNAUTHENTICATED', message: expect.stringContaining('cannot be parsed') });
    expect(String(error)).not.toContain('hunter2');
  });

  test.each([
    ['exec', { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'evil' } }],
    ['auth-provider', { 'auth-provider': { name: 'gcp', config: { 'cmd-path': 'evil' } } }],
    ['tokenFile', { tokenFile: '/etc/passwd' }],
  ])('that only the manifest names may not use %s', async (field, user) => {
    const kubeconfig = await file(`risky-${field}`, config(['a'], user));
    await expect(openAccess({ context: 'a', kubeconfig }, { HOME: join(folder, 'home') })).rejects.toMatchObject({
      code: 'GUARD',
      message: expect.stringContaining(`"${field}"`),
    });
  });

  test('that the operator names too may run its program', async () => {
    const user = { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'kubelogin' } };
    const kubeconfig = await file('own', config(['a'], user));
    expect((await openAccess({ context: 'a', kubeconfig }, { KUBECONFIG: kubeconfig })).program).toBe('kubelogin');
  });

  test.each([
    ['plain http', { server: 'http://127.0.0.1:8080' }],
    ['switched-off verification', { server: 'https://127.0.0.1:6443', 'insecure-skip-tls-verify': true }],
  ])('with %s is refused', async (_, cluster) => {
    const kubeconfig = await file('insecure', { ...config(['a']), clusters: [{ name: 'a', cluster }] });
    await expect(openAccess({ context: 'a', kubeconfig }, {})).rejects.toMatchObject({ code: 'GUARD' });
  });
});

describe('a proxy', () => {
  test('of the environment is used, but never for loopback', async () => {
    const kubeconfig = await file('proxied', config(['a']));
    const { proxy } = await openAccess(
      { context: 'a', kubeconfig },
      { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: '.local' },
    );
    expect(proxy).toEqual({ url: 'http://proxy:3128', except: '.local,localhost,127.0.0.1,::1' });
  });

  test('that is no URL is an error that does not repeat it', async () => {
    const kubeconfig = await file('proxied-badly', config(['a']));
    const error = await openAccess({ context: 'a', kubeconfig }, { HTTPS_PROXY: 'ann:hunter2@proxy:3128' }).catch(
      (caught: unknown) => caught,
    );
    expect(error).toMatchObject({ code: 'UNREACHABLE', message: expect.stringContaining('HTTPS_PROXY') });
    expect(String(error)).not.toContain('hunter2');
  });

  test('of the kubeconfig comes before it', async () => {
    const cluster = { server: 'https://127.0.0.1:6443', 'proxy-url': 'http://jump:1080' };
    const kubeconfig = await file('jump', { ...config(['a']), clusters: [{ name: 'a', cluster }] });
    const { proxy } = await openAccess({ context: 'a', kubeconfig }, { HTTPS_PROXY: 'http://proxy:3128' });
    expect(proxy).toEqual({ url: 'http://jump:1080', except: '' });
  });
});
