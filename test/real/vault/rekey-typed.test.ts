import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { vaultRekey } from '../../../src/cli/vault-servers.ts';
import { needles } from '../../../src/secrets/needles.ts';
import { recordingHost } from '../../cli/host.ts';
import type { Nothing } from './nothing.ts';
import { opens, type Scene, stage, storeShares } from './scene.ts';
import { nobody } from './watched.ts';

const flags = { environment: 'local', var: [], 'auto-approve': true, 'delete-old': false } as const;

/** Most shares are with people. */
const peopled = async (mode?: Parameters<typeof stage>[0]): Promise<Scene> => {
  const scene = await stage(mode);
  await scene.here.edit((manifest) =>
    manifest
      .replaceAll(/(escrow-(?:operations|security)), shares: 2/g, '$1, shares: 1')
      .replace('escrow/oncall.asc, shares: 1', 'escrow/oncall.asc, shares: 3')
      .replace('rootToken: revoke', 'rootToken: revoke\n    unseal: prompt'),
  );
  const first = await scene.here.lab(['apply', '--auto-approve', '--wait', '1m']);
  expect(first.stdout + first.stderr).toContain('no terminal to ask');
  const [share = ''] = await sharesOfPeople(scene.here);
  await fetch(`${scene.vault.address}/v1/sys/unseal`, { method: 'PUT', body: JSON.stringify({ key: share }) });
  const applied = await scene.here.lab(['apply', '--auto-approve', '--wait', '1m']);
  expect({ code: applied.code, errors: applied.code === 0 ? '' : applied.stderr }).toEqual({ code: 0, errors: '' });
  return scene;
};

/** The shares of people in clear, decrypted by themselves. */
const sharesOfPeople = async (here: Nothing, generation = ''): Promise<string[]> => {
  const kept = await readFile(join(here.folder, `escrow/oncall${generation}.asc`), 'utf8');
  const messages = kept.match(/-----BEGIN[^]*?-----END PGP MESSAGE-----/g) ?? [];
  return Promise.all(messages.map((message) => here.asOnCall(message)));
};

const allShares = async (here: Nothing, generation = ''): Promise<string[]> => [
  ...(await sharesOfPeople(here, generation)),
  ...(await storeShares(here, 'operations', generation)),
  ...(await storeShares(here, 'security', generation)),
];

/** Runs it at a terminal where somebody types; what they are asked comes with it. */
const atTerminal = async (here: Nothing, answer: (question: string, nth: number) => Promise<string>) => {
  const { host, said } = recordingHost();
  const asked: string[] = [];
  const askHidden = async (question: string) => Buffer.from(await answer(question, asked.push(question)));
  const done = vaultRekey({ ...flags, file: here.folder }, { ...host, env: here.env, askHidden });
  const outcome = await done.then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
  return { ...outcome, asked, said: said.join('\n') };
};

const other = 'ab'.repeat(33);

describe('lab vault rekey where people type their shares', () => {
  test('asks for shares of now and for the new ones; a wrong one is noticed each time, and none is left anywhere', async () => {
    const { here, vault } = await peopled();
    const before = await allShares(here);
    const ran = await atTerminal(here, async (question, nth) => {
      if (nth === 1 || nth === 3) return other;
      const shares = await sharesOfPeople(here, question.startsWith('A new share') ? '-2' : '');
      return shares[0] ?? '';
    });
    const { asked, said } = ran;
    expect(ran).toMatchObject({ result: { did: 'handed out', generation: 2 } });
    expect(asked.map((question) => question.slice(0, question.indexOf(',')))).toEqual([
      'A share of Vault that counts now',
      'A share of Vault that counts now',
      'A new share of Vault',
      'A new share of Vault',
    ]);
    expect(said).toMatch(
      /one of those that were typed is wrong[^]*oncall-2\.asc[^]*one of those that were typed is wrong/,
    );
    const after = await allShares(here, '-2');
    expect(await opens(vault.address, after)).toBe(true);
    expect(await opens(vault.address, before)).toBe(false);
    const seen = `${await here.everything()}${said}`;
    for (const share of [...before, ...after]) {
      for (const needle of needles(share)) expect(seen.includes(needle) ? needle : '').toBe('');
    }
  });

  test('who types nothing is told who has to, and the next run goes on where it was', async () => {
    const { here, vault } = await peopled();
    const before = await allShares(here);
    const none = await atTerminal(here, async () => '');
    expect(none).toMatchObject({
      error: {
        code: 'NOT_SETTLED',
        message: expect.stringContaining('1 more from people'),
        detail: { next: expect.stringContaining('vault operator rekey -nonce=') },
      },
    });
    const half = await atTerminal(here, async (question) =>
      question.startsWith('A new share') ? '' : ((await sharesOfPeople(here))[1] ?? ''),
    );
    expect(half).toMatchObject({
      error: { code: 'NOT_SETTLED', detail: { next: expect.stringContaining('-verify -nonce=') } },
    });
    expect(half.asked).toHaveLength(2);
    expect(await (await fetch(`${vault.address}/v1/sys/rekey/verify`)).json()).toMatchObject({ progress: 2, t: 3 });

    // Only wrong ones, as often as it asks.
    const wrong = await atTerminal(here, async () => other);
    expect(wrong).toMatchObject({
      error: { code: 'GUARD', message: expect.stringContaining('are not the new shares') },
    });
    expect(wrong.asked).toHaveLength(3);

    const noTerminal = await here.lab(['vault', 'rekey', '--auto-approve']);
    expect(noTerminal.code).toBe(1);
    expect(noTerminal.stderr).toMatch(/1 more from people[^]*-verify -nonce=/);

    const last = await atTerminal(here, async () => (await sharesOfPeople(here, '-2'))[2] ?? '');
    expect(last).toMatchObject({ result: { generation: 2 }, asked: [expect.stringMatching(/^A new share/)] });
    expect(await opens(vault.address, await allShares(here, '-2'))).toBe(true);
    expect(await opens(vault.address, before)).toBe(false);
  });

  test('Vault was restarted in between: the shares that it forgot are set aside, and people are asked again', async () => {
    const { here, vault, restart } = await peopled({ kind: 'raft' });
    const half = await atTerminal(here, async (question) =>
      question.startsWith('A new share') ? '' : ((await sharesOfPeople(here))[1] ?? ''),
    );
    expect(half).toMatchObject({ error: { code: 'NOT_SETTLED' } });
    await restart();
    const unseal = await here.lab(['vault', 'unseal']);
    expect(unseal.code).toBe(1);
    await fetch(`${vault.address}/v1/sys/unseal`, { method: 'PUT', body: JSON.stringify({ reset: true }) });
    for (const key of (await allShares(here)).slice(0, 3)) {
      await fetch(`${vault.address}/v1/sys/unseal`, { method: 'PUT', body: JSON.stringify({ key }) });
    }
    const newest = async () => {
      const files = await readdir(join(here.folder, 'escrow'));
      return files.includes('oncall-3.asc') ? '-3' : '-2';
    };
    const done = await atTerminal(
      here,
      async (question) =>
        (await sharesOfPeople(here, question.startsWith('A new share') ? await newest() : ''))[0] ?? '',
    );
    expect(done.asked.map((question) => question.slice(0, question.indexOf(',')))).toEqual([
      'A new share of Vault',
      'A share of Vault that counts now',
      'A new share of Vault',
    ]);
    expect(done).toMatchObject({ result: { generation: 3 } });
    expect(await opens(vault.address, await allShares(here, '-3'))).toBe(true);
  });

  test('the new shares count, and lab was not told: wrong ones that people type never set them aside', async () => {
    const { here, vault, way } = await peopled();
    const before = await allShares(here);
    let verified = 0;
    way.watcher = {
      ...nobody,
      before: ({ call }) => {
        if (call === 'POST /v1/sys/rekey/verify') verified += 1;
        return verified === 3 ? 'cut after' : 'pass';
      },
    };
    const cut = await atTerminal(
      here,
      async (question) => (await sharesOfPeople(here, question.startsWith('A new share') ? '-2' : ''))[0] ?? '',
    );
    expect(cut).toMatchObject({ error: { code: 'UNREACHABLE' } });
    way.watcher = nobody;
    const after = await allShares(here, '-2');
    expect(await opens(vault.address, after)).toBe(true);

    for (const typed of [other, before[0] ?? '']) {
      const wrong = await atTerminal(here, async () => typed);
      expect(wrong).toMatchObject({
        error: { code: 'GUARD', detail: { next: expect.stringContaining('run this again') } },
      });
      expect(await allShares(here, '-2')).toEqual(after);
    }
    const right = await atTerminal(here, async () => (await sharesOfPeople(here, '-2'))[1] ?? '');
    expect(right).toMatchObject({ result: { generation: 2 } });
    expect(await opens(vault.address, after)).toBe(true);
    expect(await opens(vault.address, before)).toBe(false);
  });
});
