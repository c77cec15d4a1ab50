import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyExample } from '../support/examples.ts';
import { build, lab } from './lab.ts';

// One story in order: the example on the sandbox.
describe('examples/vault-full', () => {
  let cwd: string;
  const run = (...words: readonly string[]) =>
    lab([...words, '--sandbox', '-f', 'vault-full'], { cwd, env: { HOME: cwd, LAB_REDACT: 'off' } });
  const json = async (...words: readonly string[]) => JSON.parse((await run(...words, '--json')).stdout);

  beforeAll(async () => {
    build();
    cwd = await mkdtemp(join(tmpdir(), 'lab-vault-full-'));
    await copyExample('vault-full', join(cwd, 'vault-full'));
  }, 120_000);
  afterAll(() => rm(cwd, { recursive: true, force: true }));

  test('is applied from nothing, and its one-way steps are named beforehand', async () => {
    const plan = await json('plan');
    const oneWay = plan.changes.filter(({ irreversible }: { irreversible?: string }) => irreversible !== undefined);
    expect(oneWay.map(({ address }: { address: string }) => address).toSorted()).toEqual([
      'vault.database-root-rotation/database/app',
      'vault.database-static-role/database/reporting',
      'vault.pki-issuer/pki-root/root-2026',
    ]);
    const applied = await json('apply');
    expect(applied).toMatchObject({ exit: { code: 0 }, failed: [], diagnostics: [] });
  }, 120_000);

  test('then there is nothing to do, and a second apply sends no write', async () => {
    expect((await run('plan', '--detailed-exitcode')).code).toBe(0);
    expect(await json('apply')).toMatchObject({ exit: { code: 0 }, done: [], writes: 0 });
  });

  test('everything is proven: a user is made with the role and a certificate issued; both are revoked, and gone', async () => {
    const report = await json('verify');
    expect(report.exit.code).toBe(0);
    const probes = report.verified.find(
      ({ address }: { address: string }) => address === 'vault.database-role/database/app-rw',
    );
    expect(probes.probes).toEqual([{ is: 'proven', check: 'credential: made for 3600 s, revoked, gone' }]);
    const logins = report.verified.filter(({ address }: { address: string }) =>
      address.includes('kubernetes-auth-role'),
    );
    expect(logins.map(({ probes: [, last] }: { probes: readonly object[] }) => last)).toEqual(
      ['external-secrets', 'app-db', 'app-tls'].map(() => ({
        is: 'proven',
        check: 'may use the path that External Secrets asks for',
      })),
    );
    const role = report.verified.find(({ address }: { address: string }) => address === 'vault.pki-role/pki/lab');
    expect(role.probes).toEqual([
      { is: 'proven', check: 'certificate: issued for lab-verify.lab.internal, signed by "CN=lab", by "CN=lab root"' },
      { is: 'proven', check: 'certificate revoked' },
    ]);
  });

  test('nothing that lab keeps shows a value', async () => {
    const folder = join(cwd, 'vault-full', '.lab', 'sandbox', 'vault-full', 'kind');
    const names = (await readdir(folder)).filter((name) => name !== 'systems' && name !== 'seed');
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
    expect(texts.join('')).toContain('fingerprint');
    expect(texts.join('')).not.toContain('lab-sandbox-stand-in');
  });

  test('destroy counts what dies, and leaves nothing of ours', async () => {
    expect((await run('destroy')).code).toBe(5);
    const ran = await run('destroy', '--allow-data-loss');
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain('1 connection, 1 role, 1 static role, 1 lease');
    expect(ran.stderr).toContain('1 private key (int-2026), 2 issuers, 1 role, 2 certificates');
    expect((await json('plan')).summary).toMatchObject({ update: 0, none: 0 });
  });
});
