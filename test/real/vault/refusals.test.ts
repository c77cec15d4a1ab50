import { join } from 'node:path';
import { createMessage, encrypt, generateKey, readPrivateKey } from 'openpgp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePorts } from '../../servers/ports.ts';
import { createRunFolder, type RunFolder } from '../../servers/run-folders.ts';
import { startVault, type Vault } from '../../servers/vault.ts';
import { type Nothing, setUp } from './nothing.ts';

const apply = ['apply', '--auto-approve', '--wait', '1m'];

// Each test puts something wrong in the way of a Vault that was made from nothing, and takes it away again.
describe('a Vault and an escrow that do not fit', () => {
  let folder: RunFolder;
  let port = 0;
  let vault: Vault;
  let here: Nothing;
  const own = () => startVault({ dir: join(folder.dir, 'own'), port, mode: { kind: 'raft' } });
  const put = async (path: string, body: object) => {
    const response = await fetch(`http://127.0.0.1:${port}/v1/${path}`, { method: 'PUT', body: JSON.stringify(body) });
    return JSON.parse(await response.text());
  };
  /** Another Vault at the same address, for as long as `work` takes; ours comes back sealed. */
  const instead = async (work: () => Promise<void>) => {
    await vault.stop();
    const other = await startVault({ dir: join(folder.dir, 'other'), port, mode: { kind: 'inmem' } });
    try {
      await work();
    } finally {
      await other.stop();
      vault = await own();
    }
  };
  /** Another value in place of one that a custodian keeps, for as long as `work` takes. */
  const tampered = async (
    store: 'operations' | 'security',
    entry: string,
    value: string,
    work: () => Promise<void>,
  ) => {
    const { [entry]: before = '' } = await here.escrow(store);
    const secrets = `/api/v1/namespaces/${here.name}-${store}/secrets`;
    const name = `lab-vault-${here.name}-local-${entry}`;
    const write = async (text: string) => {
      await here.kube('DELETE', `${secrets}/${name}`);
      const data = { value: Buffer.from(text).toString('base64') };
      const made = await here.kube('POST', secrets, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name },
        immutable: true,
        data,
      });
      expect(made.status).toBe(201);
    };
    await write(value);
    try {
      await work();
    } finally {
      await write(before);
    }
  };
  const refusal = async (words: readonly string[]) => {
    const ran = await here.lab(words);
    return { code: ran.code, says: ran.stdout + ran.stderr };
  };

  beforeAll(async () => {
    folder = await createRunFolder();
    [port = 0] = await freePorts(2);
    vault = await own();
    here = await setUp(`http://127.0.0.1:${port}`);
    const made = await here.lab(apply);
    expect({ code: made.code, errors: made.code === 0 ? '' : made.stdout + made.stderr }).toEqual({
      code: 0,
      errors: '',
    });
    await vault.stop();
    vault = await own();
  });
  afterAll(async () => {
    await here.strike();
    await folder.remove();
  });

  test('a wrong share: Vault does not take it, and nothing is changed', async () => {
    const { key = '', shares = '{}' } = await here.escrow('operations');
    const encryptionKeys = (await readPrivateKey({ armoredKey: key })).toPublic();
    const bytes = await encrypt({
      message: await createMessage({ text: 'ab'.repeat(33) }),
      encryptionKeys,
      format: 'binary',
    });
    const kept = JSON.parse(shares);
    kept.shares[0].message = Buffer.from(bytes).toString('base64');
    await tampered('operations', 'shares', JSON.stringify(kept), async () => {
      const { code, says } = await refusal(['vault', 'unseal']);
      expect(code).toBe(5);
      expect(says).toMatch(/the escrowed shares do not open the Vault[^]*Check the address/);
    });
  });

  test('a wrong custodian key: said before a share is given', async () => {
    const { privateKey } = await generateKey({ userIDs: [{ name: 'somebody else' }] });
    await tampered('operations', 'key', privateKey, async () => {
      const { code, says } = await refusal(['vault', 'unseal']);
      expect(code).toBe(5);
      expect(says).toMatch(/the key in escrow-operations does not open share 1[^]*put the old one back/);
    });
  });

  test('an empty Vault at its address: storage lost, and it is not initialised over the escrow', async () => {
    await instead(async () => {
      for (const words of [['plan'], apply, ['vault', 'unseal'], ['vault', 'status']]) {
        const { code, says } = await refusal(words);
        expect(code).not.toBe(0);
        expect(says).toMatch(/storage lost[^]*restore a snapshot/);
      }
      const answer = await fetch(`http://127.0.0.1:${port}/v1/sys/init`);
      expect(await answer.json()).toEqual({ initialized: false });
    });
  });

  test('another Vault at its address: recognised by its cluster id, and left alone', async () => {
    await instead(async () => {
      const { keys } = await put('sys/init', { secret_shares: 1, secret_threshold: 1 });
      await put('sys/unseal', { key: keys[0] });
      for (const words of [['plan'], apply, ['vault', 'status']]) {
        const { code, says } = await refusal(words);
        expect(code).not.toBe(0);
        expect(says).toMatch(/is another one: its cluster id is/);
      }
    });
  });

  test('and once all is as it was, the escrow opens it', async () => {
    expect((await here.lab(['vault', 'unseal'])).code).toBe(0);
    expect((await here.lab(['vault', 'status'])).code).toBe(0);
  });
});

describe('a Vault that somebody else initialised', () => {
  test('is not taken for one of lab’s: it says that its escrow holds nothing', async () => {
    const folder = await createRunFolder();
    const vault = await startVault({ dir: join(folder.dir, 'vault'), mode: { kind: 'inmem' } });
    const here = await setUp(vault.address);
    try {
      const body = JSON.stringify({ secret_shares: 1, secret_threshold: 1 });
      await fetch(`${vault.address}/v1/sys/init`, { method: 'PUT', body });
      const ran = await here.lab(apply);
      expect(ran.code).not.toBe(0);
      expect(ran.stdout + ran.stderr).toMatch(
        /was initialised by somebody else[^]*Take vault.init out of the manifest/,
      );
    } finally {
      await here.strike();
      await folder.remove();
    }
  });
});
