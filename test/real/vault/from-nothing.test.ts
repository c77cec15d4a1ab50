import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRunFolder, type RunFolder } from '../../servers/run-folders.ts';
import { startVault, type Vault } from '../../servers/vault.ts';
import { type Nothing, setUp } from './nothing.ts';

// vault.server and vault.root-revocation, on the real ones; each test goes on where the one before it ended.
describe('an empty Vault behind the real API server', () => {
  let servers: RunFolder;
  let vault: Vault;
  let here: Nothing;
  const call = async (method: string, path: string, body?: object, token = '') => {
    const response = await fetch(`${vault.address}/v1/${path}`, {
      method,
      headers: { 'x-vault-token': token },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  };

  beforeAll(async () => {
    servers = await createRunFolder();
    vault = await startVault({ dir: join(servers.dir, 'vault'), mode: { kind: 'inmem' } });
    here = await setUp(vault.address);
  });
  afterAll(async () => {
    await here.strike();
    await servers.remove();
  });

  test('one apply: initialised, escrowed, unsealed, set up, root revoked', async () => {
    const ran = await here.lab(['apply', '--auto-approve', '--wait', '1m']);
    expect({ code: ran.code, errors: ran.code === 0 ? '' : ran.stdout + ran.stderr }).toEqual({ code: 0, errors: '' });
    expect((await call('GET', 'sys/health')).status).toBe(200);
    expect(Object.keys(await here.escrow('operations')).toSorted()).toEqual(['key', 'record', 'shares']);
    expect(Object.keys(await here.escrow('security')).toSorted()).toEqual(['key', 'record', 'shares']);
  });

  test('afterwards there is nothing to do: plan 0, drift 0, and a second apply sends no write', async () => {
    expect((await here.lab(['plan', '--detailed-exitcode'])).code).toBe(0);
    expect((await here.lab(['drift'])).code).toBe(0);
    expect(await here.json(['apply', '--auto-approve'])).toMatchObject({ code: 0, writes: 0, done: [] });
  });

  test('it is proven that no root token is left', async () => {
    const { code, verified } = await here.json(['verify']);
    expect(code).toBe(0);
    expect(JSON.stringify(verified)).toContain('{"is":"proven","check":"no other root token"}');
  });

  test('the person decrypts their share with their own key, and it is one that Vault takes', async () => {
    const kept = await readFile(join(here.folder, 'escrow/oncall.asc'), 'utf8');
    expect(await here.asOnCall(kept.slice(kept.indexOf('-----BEGIN')))).toMatch(/^[0-9a-f]{66}$/);
  });
});
