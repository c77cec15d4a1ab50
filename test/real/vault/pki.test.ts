import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { BoundKind, Connection } from '../../../src/engine/resource.ts';
import type { Fields } from '../../../src/engine/value.ts';
import { vault } from '../../../src/providers/vault/index.ts';
import { opensslVerify, outsideAuthority } from './openssl.ts';
import { type Fate, proxyToVault } from './proxy.ts';
import { config, connectFor, context, stranger, uniqueName } from './server.ts';

const mounted = async (stem: string, maxLeaseTtl = '87600h'): Promise<string> => {
  const mount = uniqueName(stem);
  await stranger('POST', `sys/mounts/${mount}`, { type: 'pki', config: { max_lease_ttl: maxLeaseTtl } });
  return mount;
};

const write = async (connection: Connection, kindName: string, id: readonly string[], spec: Fields) => {
  const kind: BoundKind = connection.kind(kindName);
  const facts = vault.kinds.find((candidate) => candidate.kind === kindName);
  const normal = facts?.normalise(spec);
  if (normal?.ok !== true) throw new Error(JSON.stringify(normal));
  const live = await kind.read(id, normal.spec);
  await kind.write({ id, spec: normal.spec, live, fingerprints: {}, removed: [] });
  return kind.read(id, normal.spec);
};

const root = { commonName: 'Lab root', ttl: '87600h', key: 'ec-256' };
const intermediate = (above: string) => ({ signedBy: `${above}/root`, commonName: 'Lab', ttl: '8760h', default: true });

describe('a chain of authorities', () => {
  test.each(['rsa-2048', 'ec-256', 'ec-384', 'ec-521', 'ed25519'])(
    'of %s issues what openssl accepts, and says what it was made of',
    async (key) => {
      const [above, below, connection] = [await mounted('root'), await mounted('below'), await connectFor()];
      await write(connection, 'vault.pki-urls', [below], { crlDistributionPoints: ['http://pki.lab.internal/crl'] });
      await write(connection, 'vault.pki-issuer', [above, 'root'], { ...root, key });
      const live = await write(connection, 'vault.pki-issuer', [below, 'int'], {
        ...intermediate(above),
        key,
        maxPathLength: 0,
        organization: ['Lab', 'Ünïcode + "x"'],
      });
      expect(live).toMatchObject({
        spec: { key, ttl: 31_536_000, maxPathLength: 0, organization: ['Lab', 'Ünïcode + "x"'], default: true },
      });
      await write(connection, 'vault.pki-role', [below, 'lab'], {
        domains: ['lab.internal'],
        subdomains: true,
        key: 'ec-256',
        organization: ['Lab'],
        maxTtl: '72h',
      });
      const asked = { common_name: 'app.lab.internal', alt_names: '*.lab.internal', ip_sans: '10.0.0.1,fd00::1' };
      const { body } = await stranger('POST', `${below}/issue/lab`, { ...asked, ttl: '1h' });
      const { certificate, ca_chain: chain } = body.data;
      expect(chain).toHaveLength(2);
      const [untrusted, trusted] = chain;
      const given = { root: trusted, above: [untrusted], leaf: certificate };
      expect(await opensslVerify({ ...given, host: 'app.lab.internal' })).toBe('leaf: OK');
      expect(await opensslVerify({ ...given, host: 'other.lab.internal' })).toBe('leaf: OK');
      expect(await opensslVerify({ ...given, host: 'app.other.internal' })).toContain('hostname mismatch');
      const x509 = new X509Certificate(certificate);
      expect(x509.checkIP('10.0.0.1') ?? 'no').toBe('10.0.0.1');
      expect(x509.checkIP('fd00::1') ?? 'no').toBe('fd00::1');
      expect(x509.subject).toContain('O=Lab');
    },
  );

  test('is not begun where the mount would cut its lifetime', async () => {
    const [above, connection] = [await mounted('root', '24h'), await connectFor()];
    await expect(write(connection, 'vault.pki-issuer', [above, 'root'], root)).rejects.toMatchObject({
      code: 'REJECTED',
      detail: { next: expect.stringContaining(above) },
    });
    expect((await stranger('GET', `${above}/keys?list=true`)).status).toBe(404);
  });

  test('is refused where another authority has signed what is there', async () => {
    const [above, other, below] = [await mounted('root'), await mounted('other'), await mounted('below')];
    const connection = await connectFor();
    await write(connection, 'vault.pki-issuer', [above, 'root'], root);
    await write(connection, 'vault.pki-issuer', [other, 'root'], root);
    await write(connection, 'vault.pki-issuer', [below, 'int'], intermediate(above));
    const read = (spec: Fields) => connection.kind('vault.pki-issuer').read([below, 'int'], spec);
    expect(await read({ signedBy: `${above}/root` })).toMatchObject({ spec: { signedBy: `${above}/root` } });
    expect(await read({ signedBy: `${other}/root` })).not.toHaveProperty('spec.signedBy');
    expect(await read({})).toMatchObject({ spec: { signedBy: '(CN=Lab root)' } });
  });
});

/** What is in a mount: names of issuers and keys, and how many certificates were signed. */
const contentOf = async (mount: string) => {
  const at = async (path: string) => (await stranger('GET', `${mount}/${path}?list=true`)).body.data ?? { keys: [] };
  const [issuers, keys, certificates] = [await at('issuers'), await at('keys'), await at('certs')];
  const names = (info: Record<string, Record<string, string>> = {}, field: string) =>
    Object.values(info)
      .map((entry) => entry[field] ?? '')
      .toSorted();
  return {
    issuers: names(issuers.key_info, 'issuer_name'),
    keys: names(keys.key_info, 'key_name'),
    signed: certificates.keys.length,
  };
};

describe('a run that breaks off', () => {
  // Every write that the chain takes: key and request, signature, import, name, default.
  const cuts = (['cut before', 'cut after'] as const).flatMap((fate) =>
    [1, 2, 3, 4, 5].map((call) => [fate, call] as const),
  );

  test.each(cuts)(
    '%s write %i of an intermediate leaves one key and one certificate to the next',
    async (fate, call) => {
      const [above, below] = [await mounted('root'), await mounted('below')];
      const whole = await connectFor();
      await write(whole, 'vault.pki-issuer', [above, 'root'], root);
      let writes = 0;
      const address = await proxyToVault((line): Fate => {
        if (line.startsWith('GET')) return 'pass';
        writes += 1;
        return writes === call ? fate : 'pass';
      });
      const broken = await vault.connect(config(address), context());
      const spec = intermediate(above);
      await expect(write(broken, 'vault.pki-issuer', [below, 'int'], spec)).rejects.toMatchObject({
        code: 'UNREACHABLE',
      });
      await broken.close();
      const live = await write(whole, 'vault.pki-issuer', [below, 'int'], spec);
      expect(live).toMatchObject({ exists: 'yes', spec: { signedBy: `${above}/root`, default: true } });
      // The root came along to complete the chain; it has no name and no key here.
      expect(await contentOf(below)).toEqual({ issuers: ['', 'int'], keys: ['int'], signed: 0 });
      expect(await contentOf(above)).toEqual({ issuers: ['root'], keys: ['root'], signed: 2 });
    },
  );

  test.each(['cut before', 'cut after'] as const)('%s the root is made leaves one root', async (fate) => {
    const [above, whole] = [await mounted('root'), await connectFor()];
    const address = await proxyToVault((line): Fate => (line.startsWith('GET') ? 'pass' : fate));
    const broken = await vault.connect(config(address), context());
    await expect(write(broken, 'vault.pki-issuer', [above, 'root'], root)).rejects.toMatchObject({
      code: 'UNREACHABLE',
    });
    await broken.close();
    await write(whole, 'vault.pki-issuer', [above, 'root'], root);
    expect(await contentOf(above)).toEqual({ issuers: ['root'], keys: ['root'], signed: 1 });
  });

  test('a key that lost its root is taken for the next one, and goes with it', async () => {
    const [above, connection] = [await mounted('root'), await connectFor()];
    await write(connection, 'vault.pki-issuer', [above, 'root'], root);
    await stranger('DELETE', `${above}/issuer/root`);
    await write(connection, 'vault.pki-issuer', [above, 'root'], root);
    expect(await contentOf(above)).toEqual({ issuers: ['root'], keys: ['root'], signed: 2 });
    await connection.kind('vault.pki-issuer').remove([above, 'root']);
    expect(await contentOf(above)).toMatchObject({ issuers: [], keys: [] });
  });
});

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

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

describe('a role is proven by a certificate', () => {
  const proven = async (spec: Fields, more: (below: string) => Promise<unknown> = async () => undefined) => {
    const [above, below, connection] = [await mounted('root'), await mounted('below'), await connectFor()];
    await write(connection, 'vault.pki-issuer', [above, 'root'], root);
    await write(connection, 'vault.pki-issuer', [below, 'int'], intermediate(above));
    await write(connection, 'vault.pki-role', [below, 'lab'], { key: 'ec-256', ...spec });
    await more(below);
    return { below, probes: await connection.kind('vault.pki-role').verify([below, 'lab'], {}) };
  };

  test.each([
    [{ domains: ['lab.internal'], subdomains: true }, 'lab-verify.lab.internal'],
    [
      { domains: ['{{identity.entity.name}}', 'lab.internal'], domainTemplates: true, bareDomains: true },
      'lab.internal',
    ],
    [{ domains: ['*-app.lab.internal'], globDomains: true }, 'lab-verify-app.lab.internal'],
    [
      { domains: ['lab.internal'], subdomains: true, commonNameValidations: ['email'] },
      'lab-verify@lab-verify.lab.internal',
    ],
    [{ anyName: true, notAfter: inDays(100) }, 'lab-verify.invalid'],
    [{ localhost: true }, 'localhost'],
  ])('of %j for %s, which is revoked then', async (spec, host) => {
    const { below, probes } = await proven(spec);
    expect(probes).toEqual([
      { is: 'proven', check: `certificate: issued for ${host}, signed by "CN=Lab", by "CN=Lab root"` },
      { is: 'proven', check: 'certificate revoked' },
    ]);
    const {
      keys: [serial],
    } = (await stranger('GET', `${below}/certs?list=true`)).body.data;
    expect((await stranger('GET', `${below}/cert/${serial}`)).body.data.revocation_time).toBeGreaterThan(0);
  });

  test.each([
    [{ key: 'any', anyName: true }, [{ is: 'untried', because: expect.stringContaining('bring a key') }]],
    [{ localhost: false }, [{ is: 'untried', because: expect.stringContaining('no name') }]],
    [
      { anyName: true, noStore: true },
      [{ is: 'proven' }, { is: 'untried', because: expect.stringContaining('noStore') }],
    ],
    [
      { anyName: true, issuer: 'gone' },
      [{ is: 'failed', found: expect.stringContaining('unable to find PKI issuer') }],
    ],
  ])('but not one of %j, which is said', async (spec, expected) => {
    expect((await proven(spec)).probes).toMatchObject(expected);
  });
});
