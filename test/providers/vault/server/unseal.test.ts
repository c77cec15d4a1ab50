import { createMessage, encrypt, readKey } from 'openpgp';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ServerApi, serverAt } from '../../../../src/providers/vault/server/api.ts';
import type { Held } from '../../../../src/providers/vault/server/generation.ts';
import { makeKeyPair } from '../../../../src/providers/vault/server/pgp.ts';
import { unseal } from '../../../../src/providers/vault/server/unseal.ts';
import { openTransport } from '../../../../src/providers/vault/transport.ts';
import { type Received, type Reply, stubServer } from '../stub-server.ts';

const status = (more: object) => ({
  status: 200,
  body: {
    type: 'shamir',
    initialized: true,
    sealed: true,
    t: 3,
    n: 3,
    progress: 0,
    nonce: '',
    version: '1.21.4',
    ...more,
  },
});
const wrong: Reply = { status: 400, body: { errors: ['cipher: message authentication failed'] } };

const serverThat = async (reply: (call: Received, index: number) => Reply) => {
  const { address, received } = await stubServer(reply);
  const { signal } = new AbortController();
  const transport = await openTransport({ caFile: undefined, signal });
  onTestFinished(() => transport.close());
  return {
    server: serverAt(address, { transport, signal }),
    given: () => received.filter(({ method }) => method === 'POST'),
  };
};

const pair = await makeKeyPair('custodian');
const messageOf = async (text: string): Promise<string> => {
  const encryptionKeys = await readKey({ binaryKey: Buffer.from(pair.publicKey.key, 'base64') });
  const bytes = await encrypt({ message: await createMessage({ text }), encryptionKeys, format: 'binary' });
  return Buffer.from(bytes).toString('base64');
};
const held: Held = {
  custodian: { keeper: 'kubernetes', place: 'escrow', name: 'escrow' },
  keys: [pair.privateKey],
  shares: await Promise.all(
    ['aa', 'bb', 'cc'].map(async (text, index) => ({ number: index + 1, message: await messageOf(text) })),
  ),
};

async function* from(...all: readonly Held[]): AsyncGenerator<Held> {
  yield* all;
}

const run = async (server: ServerApi, one: Held = held) => {
  const remarks: string[] = [];
  const outcome = await unseal(server, [{ of: 'now', shares: () => from(one) }], (text) => remarks.push(text)).catch(
    (error: unknown) => error,
  );
  return { outcome, remarks: remarks.join('\n') };
};

/** Answers a script, call by call; the first is the look before any share. */
const script = (replies: readonly Reply[]) => (_: Received, index: number) => replies[index] ?? status({});

describe('unsealing one server', () => {
  test('gives as many shares as it takes, in clear, and no more', async () => {
    const { server, given } = await serverThat(
      script([status({ t: 2 }), status({ t: 2, progress: 1, nonce: 'n' }), status({ t: 2, sealed: false })]),
    );
    expect((await run(server)).outcome).toMatchObject({ sealed: false });
    expect(given().map(({ body }) => body)).toEqual(['{"key":"aa"}', '{"key":"bb"}']);
  });

  test('notices that somebody else began anew, and begins anew', async () => {
    const { server, given } = await serverThat(
      script([
        status({}),
        status({ progress: 1, nonce: 'ours' }),
        status({ progress: 1, nonce: 'theirs' }),
        status({ progress: 1, nonce: 'theirs' }),
        status({ progress: 2, nonce: 'theirs' }),
        status({ sealed: false }),
      ]),
    );
    const { outcome, remarks } = await run(server);
    expect(outcome).toMatchObject({ sealed: false });
    expect(remarks).toMatch(/somebody else began to unseal .* anew/);
    expect(given()).toHaveLength(4);
  });

  test('gives up on somebody who keeps beginning anew, and says so', async () => {
    let nonce = 0;
    const { server } = await serverThat(({ method }) =>
      status(method === 'GET' ? {} : { progress: 1, nonce: `n${nonce++}` }),
    );
    expect((await run(server)).outcome).toMatchObject({
      code: 'CONFLICT',
      detail: { next: expect.stringContaining('Find who') },
    });
  });

  test('goes on with shares that somebody gave before, and begins anew if those were wrong', async () => {
    const { server } = await serverThat(
      script([
        status({ progress: 2, nonce: 'n' }),
        wrong,
        status({}),
        status({ progress: 1, nonce: 'm' }),
        status({ progress: 2, nonce: 'm' }),
        status({ sealed: false }),
      ]),
    );
    const { outcome, remarks } = await run(server);
    expect(outcome).toMatchObject({ sealed: false });
    expect(remarks).toMatch(/given 2 of 3 shares[^]*that somebody gave to .* were wrong/);
  });

  test('stops when the escrowed shares open nothing: another Vault', async () => {
    const { server } = await serverThat(
      script([status({}), status({ progress: 1, nonce: 'n' }), status({ progress: 2, nonce: 'n' }), wrong]),
    );
    const { outcome } = await run(server);
    expect(outcome).toMatchObject({ code: 'GUARD', message: expect.stringContaining('do not open the Vault') });
    expect(JSON.stringify(outcome, Object.getOwnPropertyNames(outcome))).not.toMatch(/aa|bb|cc/);
  });

  test('stops at a key that does not open what it should, before anything is given', async () => {
    const { server, given } = await serverThat(script([status({})]));
    const { privateKey } = await makeKeyPair('somebody else');
    expect((await run(server, { ...held, keys: [privateKey] })).outcome).toMatchObject({
      code: 'GUARD',
      message: 'the key in escrow does not open share 1, which it keeps',
    });
    expect(given()).toEqual([]);
  });

  test('does not carry a share to where a redirect points', async () => {
    const other = await stubServer(() => status({}));
    const { server } = await serverThat(({ method }) =>
      method === 'GET' ? status({}) : { status: 307, headers: { location: `${other.address}/v1/sys/unseal` } },
    );
    expect((await run(server)).outcome).toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringContaining(other.address),
    });
    expect(other.received).toEqual([]);
  });
});

describe('initialising one server', () => {
  const request = { seal: 'shamir', shares: 1, threshold: 1, pgpKeys: ['k'], rootTokenPgpKey: 'k' } as const;

  test.each<[string, Reply, object]>([
    ['somebody else was first', { status: 400, body: { errors: ['Vault is already initialized'] } }, { is: 'taken' }],
    ['the line breaks', 'cut', { is: 'lost' }],
    ['what came is no answer', { status: 200, body: { keys_base64: [], root_token: 'r' } }, { is: 'lost' }],
    ['it worked', { status: 200, body: { keys_base64: ['a'], root_token: 'r' } }, { is: 'done', shares: ['a'] }],
  ])('%s', async (_, reply, result) => {
    const { server, given } = await serverThat(() => reply);
    expect(await server.init(request)).toMatchObject(result);
    // Whatever became of it: asked once.
    expect(given()).toHaveLength(1);
  });

  test('with a seal of its own asks for recovery shares', async () => {
    const { server, given } = await serverThat(() => ({
      status: 200,
      body: { recovery_keys_base64: ['a'], root_token: 'r' },
    }));
    expect(await server.init({ ...request, seal: 'auto' })).toMatchObject({ is: 'done', shares: ['a'] });
    expect(JSON.parse(given()[0]?.body ?? '')).toEqual({
      recovery_shares: 1,
      recovery_threshold: 1,
      recovery_pgp_keys: ['k'],
      root_token_pgp_key: 'k',
    });
  });
});
