import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { vaultUnseal } from '../../../src/cli/vault-servers.ts';
import { recordingHost } from '../../cli/host.ts';
import { stranger, uniqueName } from './server.ts';
import { stage } from './stage.ts';

const apply = ['apply', '--auto-approve', '--wait', '1m'];

describe('shares that only people have', () => {
  test('are typed where the manifest has them asked for: each counts, a wrong one is noticed, none is left anywhere', async () => {
    const { here } = await stage();
    await here.edit((manifest) =>
      manifest
        .replaceAll(/(escrow-(?:operations|security)), shares: 2/g, '$1, shares: 1')
        .replace('escrow/oncall.asc, shares: 1', 'escrow/oncall.asc, shares: 3')
        .replace('rootToken: revoke', 'rootToken: revoke\n    unseal: prompt'),
    );
    const alone = await here.lab(apply);
    expect(alone.code).toBe(1);
    expect(alone.stderr + alone.stdout).toMatch(/no terminal to ask[^]*Run lab vault unseal in a terminal/);

    const kept = await readFile(join(here.folder, 'escrow/oncall.asc'), 'utf8');
    const messages = kept.match(/-----BEGIN[^]*?-----END PGP MESSAGE-----/g) ?? [];
    const shares = await Promise.all(messages.map((message) => here.asOnCall(message)));
    const answers = ['hello', 'ab'.repeat(33), shares[1] ?? ''];
    const { host, said } = recordingHost();
    const asked: string[] = [];
    const askHidden = async (question: string) => Buffer.from(answers[asked.push(question) - 1] ?? '');
    const flags = { file: here.folder, environment: 'local', var: [] };
    const look = await vaultUnseal(flags, { ...host, env: here.env, askHidden });
    expect(look.servers).toMatchObject([{ state: 'active' }]);
    expect(asked).toHaveLength(3);
    expect(said.join('\n')).toMatch(/one of those that were typed is wrong; beginning anew[^]*unsealed/);

    const second = await here.lab(apply);
    expect({ code: second.code, errors: second.code === 0 ? '' : second.stderr }).toEqual({ code: 0, errors: '' });
    const everything = [await here.everything(), ...said].join('\n');
    for (const share of shares) expect(everything).not.toContain(share);
  });

  test('apply says whose are missing, and goes on once they were given', async () => {
    const { vault, here } = await stage();
    await here.edit((manifest) => manifest.replace('threshold: 3', 'threshold: 5'));
    const first = await here.lab(apply);
    expect(first.code).toBe(1);
    expect(first.stdout + first.stderr).toMatch(
      /still sealed: the stores of the escrow gave 4 of 5 shares[^]*vault operator unseal/,
    );
    const status = await here.lab(['vault', 'status']);
    expect(status).toMatchObject({
      code: 4,
      stdout: expect.stringMatching(/sealed, 4 of 5[^]*Next: 1 more of keys\/oncall.asc/),
    });
    const kept = await readFile(join(here.folder, 'escrow/oncall.asc'), 'utf8');
    const key = await here.asOnCall(kept.slice(kept.indexOf('-----BEGIN')));
    await fetch(`${vault.address}/v1/sys/unseal`, { method: 'PUT', body: JSON.stringify({ key }) });
    const second = await here.lab(apply);
    expect({ code: second.code, errors: second.code === 0 ? '' : second.stderr }).toEqual({ code: 0, errors: '' });
  });
});

describe('between the first unseal and lab’s own login', () => {
  test('a plan says that apply has to go on there, and apply does, by the escrowed root token', async () => {
    const { way, here } = await stage();
    let child: ReturnType<typeof here.start> | undefined;
    way.watcher = {
      before: ({ call }) => {
        if (!call.startsWith('POST /v1/sys/policies/')) return 'pass';
        child?.kill('SIGKILL');
        return 'cut before';
      },
      after: () => {},
    };
    child = here.start(apply);
    expect((await child.ended).code).toBeNull();
    way.watcher = { before: () => 'pass', after: () => {} };
    const plan = await here.json(['plan']);
    expect(plan).toMatchObject({ code: 0, errored: false, summary: { blocked: 0 } });
    expect(JSON.stringify(plan)).toContain("lab's own login is not made yet");
    expect((await here.lab(apply)).code).toBe(0);
    expect((await here.lab(['plan', '--detailed-exitcode'])).code).toBe(0);
  });
});

describe('rights that lab’s own login lacks', () => {
  test('keep the root token, by name; granted, it is revoked', async () => {
    const { here } = await stage();
    const { stdout: printed } = await here.lab(['permissions', 'for-apply', '--only', 'vault']);
    const file = join(here.folder, 'apply.hcl');
    await writeFile(file, printed.replace(/path "auth\/token\/revoke-accessor" \{[^}]*\}\n/, ''));
    await here.edit((manifest) => manifest.replace('{ computed: apply }', '{ file: apply.hcl }'));
    const refused = await here.lab(apply);
    expect(refused.code).toBe(5);
    expect(refused.stdout + refused.stderr).toMatch(
      /the root token stays: lab's own login may not use auth\/token\/revoke-accessor \(update\)/,
    );
    expect(Object.keys(await here.escrow('operations'))).toContain('answer');
    await writeFile(file, printed);
    const granted = await here.lab(apply);
    expect({ code: granted.code, errors: granted.code === 0 ? '' : granted.stderr }).toEqual({ code: 0, errors: '' });
    expect(Object.keys(await here.escrow('operations'))).not.toContain('answer');
  });
});

describe('a Vault that something else unseals', () => {
  test('gets recovery shares, which are escrowed as well', async () => {
    const key = uniqueName('seal');
    await stranger('POST', 'sys/mounts/transit', { type: 'transit' });
    await stranger('POST', `transit/keys/${key}`, {});
    const { vault, here } = await stage({ kind: 'inmem', sealedBy: { ...inject('servers').vault, key } });
    await here.edit((manifest) => manifest.replace('  init:\n', '  init:\n    seal: auto\n'));
    const ran = await here.lab(apply);
    expect({ code: ran.code, errors: ran.code === 0 ? '' : ran.stdout + ran.stderr }).toEqual({ code: 0, errors: '' });
    expect(await (await fetch(`${vault.address}/v1/sys/seal-status`)).json()).toMatchObject({
      type: 'transit',
      recovery_seal: true,
      sealed: false,
      n: 5,
      t: 3,
    });
    expect(Object.keys(await here.escrow('security')).toSorted()).toEqual(['key', 'record', 'root', 'shares']);
    expect(await here.json(['apply', '--auto-approve'])).toMatchObject({ code: 0, writes: 0 });
    expect((await here.lab(['vault', 'record'])).stdout).toMatch(
      /seal transit\n[^]*5 recovery shares, of which it takes 3/,
    );
  });
});

describe('destroy', () => {
  test('leaves Vault, its escrow and the way in; and a share is still there for who unseals it', async () => {
    const { vault, here } = await stage();
    expect((await here.lab(apply)).code).toBe(0);
    const destroyed = await here.lab(['destroy', '--auto-approve', '--allow-data-loss']);
    expect({ code: destroyed.code, errors: destroyed.code === 0 ? '' : destroyed.stdout + destroyed.stderr }).toEqual({
      code: 0,
      errors: '',
    });
    expect(destroyed.stdout + destroyed.stderr).toMatch(/lab itself logs in to Vault by it/);
    expect(await (await fetch(`${vault.address}/v1/sys/init`)).json()).toEqual({ initialized: true });
    expect(Object.keys(await here.escrow('operations')).toSorted()).toEqual(['key', 'record', 'root', 'shares']);
    expect(Object.keys(await here.escrow('security')).toSorted()).toEqual(['key', 'record', 'root', 'shares']);
    expect((await here.lab(['vault', 'status'])).code).toBe(0);
    // The service accounts that lab logs in as went with the rest: one run makes them, waits for them, and logs in.
    expect(await here.json(['plan'])).toMatchObject({ code: 0, errored: false, summary: { deferred: 11, blocked: 0 } });
    const again = await here.lab(apply);
    expect({ code: again.code, errors: again.code === 0 ? '' : again.stdout + again.stderr }).toEqual({
      code: 0,
      errors: '',
    });
    expect(await here.json(['apply', '--auto-approve'])).toMatchObject({ code: 0, writes: 0, done: [] });
  });
});
