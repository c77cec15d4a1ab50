import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { vault } from '../../../src/providers/vault/index.ts';
import { opensslVerify, outsideAuthority } from './openssl.ts';
import { contentOf, mounted, write } from './pki.ts';
import { config, context, stranger } from './server.ts';

describe('an authority that somebody outside signs', () => {
  const spec = { externalCsr: 'ca/int.csr', commonName: 'Lab', organization: ['Lab'], key: 'ec-256' };

  const inFolder = async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lab-pki-'));
    const connection = await vault.connect({ ...config(), folder }, context());
    onTestFinished(async () => {
      await connection.close();
      await rm(folder, { recursive: true });
    });
    return { folder, connection, request: join(folder, 'ca/int.csr'), signed: join(folder, 'ca/int.crt') };
  };

  test('waits with its request in a file, and goes on with the certificate beside it', async () => {
    const [mount, { folder, connection, request, signed }] = [await mounted('external'), await inFolder()];
    const attempt = () => write(connection, 'vault.pki-issuer', [mount, 'int'], spec);
    await expect(attempt()).rejects.toMatchObject({
      code: 'NOT_SETTLED',
      detail: { next: expect.stringContaining('ca/int.crt') },
    });
    const first = await readFile(request, 'utf8');
    await expect(attempt()).rejects.toMatchObject({ code: 'NOT_SETTLED' });
    expect(await readFile(request, 'utf8')).toBe(first);
    expect(await connection.kind('vault.pki-issuer').read([mount, 'int'], spec)).toEqual({
      exists: 'no',
      recoverable: expect.stringContaining('ca/int.csr'),
    });
    // Whoever loses the request gets another one for the same key.
    await rm(request);
    await expect(attempt()).rejects.toMatchObject({ code: 'NOT_SETTLED' });

    const outside = await outsideAuthority(folder);
    await outside.sign(request, signed, ['-subj', '/O=Other/CN=Lab']);
    await expect(attempt()).rejects.toMatchObject({
      code: 'REJECTED',
      message: expect.stringContaining('organization'),
    });
    await outside.sign(request, signed);
    await writeFile(signed, (await readFile(signed, 'utf8')) + outside.pem);
    expect(await attempt()).toMatchObject({ exists: 'yes', spec: { externalCsr: 'ca/int.csr', commonName: 'Lab' } });
    expect(await contentOf(mount)).toMatchObject({ issuers: ['', 'int'], keys: ['int'] });

    await write(connection, 'vault.pki-role', [mount, 'lab'], {
      anyName: true,
      key: 'ec-256',
      notBeforeDuration: '1s',
    });
    const issue = () => stranger('POST', `${mount}/issue/lab`, { common_name: 'app.lab.internal', ttl: '1h' });
    // No certificate may begin before that of its issuer, which is a moment old.
    await expect.poll(async () => (await issue()).status, { timeout: 5_000 }).toBe(200);
    const { certificate: leaf, ca_chain: above } = (await issue()).body.data;
    expect(await opensslVerify({ root: outside.pem, above, leaf, host: 'app.lab.internal' })).toBe('leaf: OK');
  });

  test('does not take a certificate for another key', async () => {
    const [mount, { folder, connection, request, signed }] = [await mounted('external'), await inFolder()];
    const attempt = (at: string) => write(connection, 'vault.pki-issuer', [at, 'int'], spec);
    await expect(attempt(await mounted('other'))).rejects.toMatchObject({ code: 'NOT_SETTLED' });
    await (await outsideAuthority(folder)).sign(request, signed);
    await expect(attempt(mount)).rejects.toMatchObject({ code: 'NOT_SETTLED' });
    await expect(attempt(mount)).rejects.toMatchObject({ code: 'REJECTED', message: expect.stringContaining('key') });
  });
});
