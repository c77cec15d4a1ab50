import { describe, expect, onTestFinished, test } from 'vitest';
import { serverAt } from '../../../../src/providers/vault/server/api.ts';
import { rekeyAt } from '../../../../src/providers/vault/server/rekey-api.ts';
import { openTransport } from '../../../../src/providers/vault/transport.ts';
import { type Reply, stubServer } from '../stub-server.ts';

const health = { status: 200, body: { initialized: true, sealed: false, standby: false, version: '2.0.0' } };

const apiThat = async (reply: Reply) => {
  const { address, received } = await stubServer(({ url }) => (url === '/v1/sys/health' ? health : reply));
  const { signal } = new AbortController();
  const transport = await openTransport({ caFile: undefined, signal });
  onTestFinished(() => transport.close());
  const server = serverAt(address, { transport, signal });
  return { api: rekeyAt(async () => [server], { transport, signal }, 'shamir'), received };
};

describe('new shares of a Vault', () => {
  test.each([403, 404, 405])(
    'that hands them out to nobody without a token (%s): it is said, with what to do',
    async (status) => {
      const { api } = await apiThat({ status, body: { errors: ['unsupported'] } });
      await expect(api.status()).rejects.toMatchObject({
        code: 'DENIED',
        message: expect.stringContaining('to nobody without a token (sys/rekey/init)'),
        detail: { next: expect.stringContaining('Vault from 2.0') },
      });
    },
  );

  test('a share goes out once, in clear, and its bytes are wiped', async () => {
    const { api, received } = await apiThat({ status: 200, body: { started: true, progress: 1 } });
    const share = Buffer.from('aabb');
    expect(await api.give(share, 'n')).toEqual({ is: 'taken' });
    expect(share.every((byte) => byte === 0)).toBe(true);
    expect(received.at(-1)).toMatchObject({
      method: 'POST',
      url: '/v1/sys/rekey/update',
      body: '{"key":"aabb","nonce":"n"}',
    });
  });

  test.each([
    [400, 'given key has already been provided during this generation operation', 'known'],
    [500, 'failed to read root key: invalid key: cipher: message authentication failed', 'wrong'],
    [400, 'recovery key verification failed: recovery key does not match submitted values', 'wrong'],
    [400, 'rekey verification failed; incorrect key shares supplied', 'wrong'],
  ])('%s %s is no error, but an answer to a share', async (status, text, is) => {
    const { api } = await apiThat({ status, body: { errors: [text] } });
    expect(await api.give(Buffer.from('aabb'), 'n')).toMatchObject({ is });
  });

  test('a nonce that is another one now is an error that says so', async () => {
    const text = 'incorrect nonce supplied; nonce for this rekey operation is "theirs"';
    const { api } = await apiThat({ status: 400, body: { errors: [text] } });
    await expect(api.give(Buffer.from('aabb'), 'n')).rejects.toMatchObject({
      message: expect.stringContaining('incorrect nonce'),
    });
  });
});
