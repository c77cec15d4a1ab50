import { describe, expect, test } from 'vitest';
import type { Fields } from '../../../src/engine/value.ts';
import { intermediate, mounted, root, write } from './pki.ts';
import { connectFor, stranger } from './server.ts';

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

test('what dies with an authority, and with its mount, is counted and named', async () => {
  const [above, below, connection] = [await mounted('root'), await mounted('below'), await connectFor()];
  const losses = (kind: string, ...id: string[]) => connection.kind(kind).losses(id);
  expect(await losses('vault.mount', below)).toBeUndefined();
  await write(connection, 'vault.pki-issuer', [above, 'root'], root);
  await write(connection, 'vault.pki-issuer', [below, 'int'], intermediate(above));
  await write(connection, 'vault.pki-role', [below, 'lab'], { anyName: true, key: 'ec-256' });
  expect(await losses('vault.pki-issuer', below, 'int')).toBe('the private key int');
  for (const name of ['a.example', 'b.example'])
    await stranger('POST', `${below}/issue/lab`, { common_name: name, ttl: '1h' });
  expect(await losses('vault.mount', below)).toBe('1 private key (int), 2 issuers, 1 role, 2 certificates');
  expect(await losses('vault.pki-issuer', below, 'int')).toBe(
    `the private key int, nobody to revoke any of 2 certificates in ${below} that it has issued`,
  );
});

describe('what somebody wrote by hand is read in the words of the spec', () => {
  test.each<[string, string, object, string, Fields]>([
    ['vault.pki-role', 'roles/r', { key_type: 'ec' }, 'r', { key: 'ec-256', signatureBits: 256 }],
    ['vault.pki-role', 'roles/r', { key_type: 'ed25519' }, 'r', { key: 'ed25519' }],
    [
      'vault.pki-role',
      'roles/r',
      {},
      'r',
      { key: 'rsa-2048', keyUsage: ['DigitalSignature', 'KeyAgreement', 'KeyEncipherment'] },
    ],
    [
      'vault.pki-role',
      'roles/r',
      { allowed_domains: 'b, a,b', max_ttl: '3d' },
      'r',
      { domains: ['a', 'b'], maxTtl: 259_200 },
    ],
    ['vault.pki-crl', 'config/crl', { expiry: '96h', ocsp_expiry: '3600s' }, '', { expiry: 345_600, ocspExpiry: 3600 }],
    [
      'vault.pki-tidy',
      'config/auto-tidy',
      { pause_duration: '1.5m', interval_duration: '90m', tidy_acme: '1' },
      '',
      { enabled: false, pauseDuration: 90, interval: 5400, acme: true },
    ],
    [
      'vault.pki-urls',
      'config/urls',
      { ocsp_servers: 'http://b,http://a' },
      '',
      { ocspServers: ['http://a', 'http://b'] },
    ],
  ])('%s %s %j', async (kind, path, written, name, spec) => {
    const mount = await mounted('hand');
    expect((await stranger('POST', `${mount}/${path}`, written)).status).toBe(200);
    const id = name === '' ? [mount] : [mount, name];
    expect(await (await connectFor()).kind(kind).read(id, spec)).toMatchObject({ exists: 'yes', spec });
  });
});
