import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Fields } from '../../../src/engine/value.ts';
import { vault } from '../../../src/providers/vault/index.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { applyAll, type Bench, deskFrom, plan, resource } from '../../support/world.ts';
import { opensslVerify } from './openssl.ts';
import { contentOf, intermediate, mounted, root, write } from './pki.ts';
import { type Fate, proxyToVault } from './proxy.ts';
import { config, connectFor, context, stranger, uniqueName } from './server.ts';

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

  test('a root whose name somebody took away gets it back, and no second one is made', async () => {
    const [above, connection] = [await mounted('root'), await connectFor()];
    await write(connection, 'vault.pki-issuer', [above, 'root'], root);
    await stranger('PATCH', `${above}/issuer/root`, { issuer_name: '' });
    await write(connection, 'vault.pki-issuer', [above, 'root'], root);
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

describe('through the engine', () => {
  const address = (mount: string) => `vault.pki-issuer/${mount}/root`;
  const bench = async (): Promise<Bench> => ({
    kinds: vault.kinds,
    connections: [await connectFor()],
    store: memoryStore(),
    desk: deskFrom({}, async () => undefined),
  });
  const given = (mount: string, spec: Fields) => [
    resource(`vault.mount/${mount}`, { type: 'pki', maxLeaseTtl: '87600h' }),
    resource(address(mount), spec),
  ];

  test('a root is made only where its address is named, and replaced only where the loss of its key is, too', async () => {
    const [mount, on] = [uniqueName('root'), await bench()];
    const allowIrreversible = new Set([address(mount)]);
    const keys = async () => (await stranger('GET', `${mount}/keys?list=true`)).body.data?.keys;
    const guarded = { failed: [address(mount)], diagnostics: [{ code: 'GUARD' }] };
    expect(await applyAll(on, given(mount, root))).toMatchObject(guarded);
    expect(await keys()).toBeUndefined();
    expect(await applyAll(on, given(mount, root), { allowIrreversible })).toMatchObject({ failed: [] });
    const first = await keys();
    const another = { ...root, key: 'ec-384', ttl: '8760h' };
    expect(await applyAll(on, given(mount, another), { allowIrreversible })).toMatchObject(guarded);
    expect(await applyAll(on, given(mount, another), { allowDataLoss: true })).toMatchObject(guarded);
    expect(await keys()).toEqual(first);
    const both = { allowIrreversible, allowDataLoss: true };
    expect(await applyAll(on, given(mount, another), both)).toMatchObject({ failed: [], diagnostics: [] });
    expect(await contentOf(mount)).toEqual({ issuers: ['root'], keys: ['root'], signed: 2 });
    expect(await keys()).not.toEqual(first);
    expect((await plan(on, given(mount, another))).summary).toMatchObject({ none: 2 });
  });

  test('a root that may sign everything again is a new root, too', async () => {
    const [mount, on] = [uniqueName('root'), await bench()];
    const allowIrreversible = new Set([address(mount)]);
    const narrow = given(mount, { ...root, permittedDnsDomains: ['lab.internal'] });
    expect(await applyAll(on, narrow, { allowIrreversible })).toMatchObject({ failed: [] });
    const { changes } = await plan(on, given(mount, root));
    expect(changes.find((change) => change.address === address(mount))).toMatchObject({
      actions: ['replace'],
      irreversible: expect.stringContaining('new root'),
    });
    expect(await applyAll(on, given(mount, root), { allowDataLoss: true })).toMatchObject({
      failed: [address(mount)],
      diagnostics: [{ code: 'GUARD', message: expect.stringContaining('cannot be taken back') }],
    });
    expect((await plan(on, narrow)).summary).toMatchObject({ none: 2 });
  });
});
