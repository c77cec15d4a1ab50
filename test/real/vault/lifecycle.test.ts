import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Connection } from '../../../src/engine/provider.ts';
import { vault } from '../../../src/providers/vault/index.ts';
import { freePorts } from '../../servers/ports.ts';
import { createRunFolder } from '../../servers/run-folders.ts';
import { startVault } from '../../servers/vault.ts';
import { chosenProgram } from '../../servers/vault-program.ts';
import { config, connectFor, context } from './server.ts';

let dir: string;
beforeAll(async () => {
  const folder = await createRunFolder();
  dir = folder.dir;
  return folder.remove;
});

/** A connection of its own for each look, because one looks at most once a second. */
const lookAt = async <T>(address: string, look: (connection: Connection) => Promise<T>, mode = 'wait'): Promise<T> => {
  const connection = await vault.connect({ ...config(address), mode }, context());
  onTestFinished(() => connection.close());
  return look(connection);
};
const gateOf = (address: string, mode?: string) => lookAt(address, (at) => at.gate('vault.active'), mode);
const lineOf = (address: string) => lookAt(address, (at) => at.describe());
const scopeOf = (address: string) => lookAt(address, (at) => at.scope());

/** One step of a person who sets Vault up. */
const put = async (url: string, body: object): Promise<{ keys: string[]; root_token: string }> => {
  const response = await fetch(url, { method: 'PUT', body: JSON.stringify(body) });
  return JSON.parse(await response.text());
};

const untilOpen = async (address: string): Promise<void> => {
  while ((await gateOf(address)).state !== 'open') await new Promise((resolve) => setTimeout(resolve, 50));
};

describe('vault.active follows a Vault from nothing to service', () => {
  test('absent, uninitialised, sealed, half unsealed, active, sealed again, gone', async () => {
    const [port = 0] = await freePorts(2);
    const address = `http://127.0.0.1:${port}`;
    expect(await gateOf(address)).toEqual({
      state: 'shut',
      because: `waits for Vault at ${address}, which this manifest does not deploy`,
    });
    expect(await gateOf(address, 'expected')).toMatchObject({ state: 'broken' });
    expect(await lineOf(address)).toBe(`vault: waiting for ${address}, not reachable yet`);
    await expect(scopeOf(address)).rejects.toMatchObject({ code: 'UNREACHABLE' });

    const program = chosenProgram();
    const server = await startVault({ dir: join(dir, 'inmem'), mode: { kind: 'inmem' }, port });
    expect(await gateOf(address)).toEqual({ state: 'shut', because: `Vault at ${address} is not initialised` });
    expect(await gateOf(address, 'expected')).toMatchObject({ state: 'shut' });
    expect(await lineOf(address)).toBe(`${program.name} ${program.version} at ${address} (not initialised)`);

    const init = await put(`${address}/v1/sys/init`, { secret_shares: 3, secret_threshold: 2 });
    expect(await gateOf(address)).toEqual({
      state: 'shut',
      because: `Vault at ${address} is sealed (0 of 2 shares given)`,
    });
    await expect(scopeOf(address)).rejects.toMatchObject({ code: 'UNREACHABLE', message: /it is sealed/ });

    await put(`${address}/v1/sys/unseal`, { key: init.keys[0] });
    expect(await lineOf(address)).toBe(
      `${program.name} ${program.version} at ${address} (sealed, 1 of 2 shares given)`,
    );

    await put(`${address}/v1/sys/unseal`, { key: init.keys[1] });
    await untilOpen(address);
    expect(await lineOf(address)).toBe(`${program.name} ${program.version} at ${address} (active)`);
    expect(await scopeOf(address)).toMatch(/^[0-9a-f-]{36}$/);

    const withRoot = context({ APPLY_TOKEN: init.root_token });
    const working = await vault.connect(config(address), withRoot);
    onTestFinished(() => working.close());
    expect(await working.kind('vault.mount').read(['kv'], {})).toEqual({ exists: 'no' });

    const sealing = await fetch(`${address}/v1/sys/seal`, {
      method: 'PUT',
      headers: { 'x-vault-token': init.root_token },
    });
    expect(sealing.status).toBe(204);
    expect(await gateOf(address)).toMatchObject({ state: 'shut', because: expect.stringContaining('is sealed') });
    await expect(working.kind('vault.policy').read(['x'], {})).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: /Vault is sealed/,
    });

    await server.stop();
    expect(await gateOf(address)).toMatchObject({ state: 'shut', because: expect.stringContaining('waits for') });
  });

  test('a gate that Vault does not have is broken', async () => {
    const connection = await connectFor();
    expect(await connection.gate('vault.inactive')).toMatchObject({ state: 'broken' });
  });

  test('the shared Vault is one cluster, whoever asks', async () => {
    const [one, two] = [await connectFor(), await connectFor()];
    expect(await one.scope()).toBe(await two.scope());
  });
});
