import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { stubServer } from './stub-server.ts';

const source = join(import.meta.dirname, '../../../src');

// node-vault and the libraries below it print bodies and headers when DEBUG asks for it.
test('nothing is printed when DEBUG names everything', async () => {
  const { address, received } = await stubServer(() => ({ status: 400, body: { errors: ['no'] } }));
  const script = `
    const { createClient } = await import(${JSON.stringify(join(source, 'providers/vault/client.ts'))});
    const { openTransport } = await import(${JSON.stringify(join(source, 'providers/vault/transport.ts'))});
    const { secret } = await import(${JSON.stringify(join(source, 'secrets/secret.ts'))});
    const { signal } = new AbortController();
    const transport = await openTransport({ signal });
    const login = { token: async () => secret('the-login-token'), renewable: () => false };
    const client = createClient({ address: process.argv[1], transport, readOnly: false, signal, login });
    await client.write('POST', ['kv', 'data', 'a'], { data: { key: secret('hunter2') } }).catch(() => {});
    await transport.close();
  `;
  const env = { ...process.env, DEBUG: '*,node-vault', NODE_DEBUG: '' };
  const args = ['--input-type=module', '-e', script, address];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env });
  expect(received).toHaveLength(1);
  expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' });
});
