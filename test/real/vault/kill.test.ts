import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { needles } from '../../../src/secrets/needles.ts';
import { type Nothing, setUp } from './nothing.ts';
import { openedBy, personShare, stage, storeShares, untilNotKilled } from './scene.ts';
import { nobody, type Passing } from './watched.ts';

const apply = ['apply', '--auto-approve', '--wait', '1m'];

/** Every share in clear, from the custodians as an operator would have them. */
const sharesOf = async (here: Nothing): Promise<string[]> => [
  ...(await storeShares(here, 'operations')),
  ...(await storeShares(here, 'security')),
  await personShare(here),
];

const ended = (ran: { code: number | null; stdout: string; stderr: string }) => ({
  code: ran.code,
  errors: ran.code === 0 ? '' : ran.stdout + ran.stderr,
});

describe('killed with SIGKILL', () => {
  test('before and after every call that changes something, it finishes; one init, no share lost, root dead', {
    timeout: 400_000,
  }, async () => {
    const scene = await stage();
    const { way, here } = scene;
    const done = new Set<string>();
    const inits: string[] = [];
    let child: ReturnType<Nothing['start']> | undefined;
    const isPoint = ({ call }: Passing): boolean =>
      !call.startsWith('GET ') && !/\/login$|capabilities-self|lookup-accessor|\/token$/.test(call);
    const nameOf = ({ call, body }: Passing): string => {
      // Shares differ from run to run; which one of how many is what matters.
      const named = /"name":"[^"]*?(key|shares|answer|record)"/.exec(body)?.[1] ?? '';
      return `${call} ${named}`;
    };
    const killAt = (point: string): boolean => {
      if (done.has(point)) return false;
      done.add(point);
      child?.kill('SIGKILL');
      return true;
    };
    way.watcher = {
      before: (passing) => (isPoint(passing) && killAt(`before ${nameOf(passing)}`) ? 'cut before' : 'pass'),
      after: (passing, { status, body }) => {
        if (passing.call.endsWith('/v1/sys/init') && passing.call.startsWith('POST') && status === 200)
          inits.push(body);
        // Killed after init answered and before that was received, nobody would have the keys: a test of its own.
        if (isPoint(passing) && !passing.call.endsWith('sys/init')) killAt(`after ${nameOf(passing)}`);
      },
    };
    const runs = await untilNotKilled(() => {
      child = here.start(apply);
      return child.ended;
    });
    way.watcher = nobody;
    expect(runs).toBeGreaterThan(30);
    expect(inits).toHaveLength(1);
    expect([...done].filter((point) => point.includes('revoke-accessor'))).toHaveLength(2);
    expect([...done].filter((point) => point.includes('sys/unseal')).length).toBeGreaterThan(1);

    expect(await here.json(['apply', '--auto-approve'])).toMatchObject({ code: 0, writes: 0 });
    expect((await here.lab(['verify'])).code).toBe(0);
    expect(await here.json(['vault', 'record'])).toMatchObject({
      code: 0,
      record: { root: { is: 'revoked' } },
      looked: { stores: [{ is: 'same' }, { is: 'same' }], copies: [{ is: 'same' }, { is: 'same' }, { is: 'same' }] },
    });
    const shares = await sharesOf(here);
    expect(new Set(shares).size).toBe(5);
    const { key = '' } = await here.escrow('operations');
    const root = await openedBy(key, JSON.parse(inits[0] ?? '{}').root_token);
    const self = await fetch(`${scene.vault.address}/v1/auth/token/lookup-self`, {
      headers: { 'x-vault-token': root },
    });
    expect(self.status).toBe(403);

    // Neither root nor a share in clear anywhere: not on screen, not in a file, not in a Secret of the cluster.
    const secrets = JSON.stringify((await here.kube('GET', '/api/v1/secrets')).body);
    const seen = [await here.everything(), secrets].join('\n');
    for (const value of [root, ...shares]) {
      for (const needle of needles(value)) expect(seen.includes(needle) ? needle : '').toBe('');
    }
  });
});

describe('two runs at once', () => {
  test('Vault decides who initialised it, and what is escrowed opens it', { timeout: 200_000 }, async () => {
    const scene = await stage({ kind: 'raft' });
    const other = await setUp(scene.way.vaultAddress, { kubeconfig: scene.way.kubeconfig, name: scene.here.name });
    onTestFinished(() => other.strike());
    let inits = 0;
    scene.way.watcher = {
      ...nobody,
      after: ({ call }, { status }) => {
        if (call === 'POST /v1/sys/init' && status === 200) inits += 1;
      },
    };
    const first = await Promise.all([scene.here.lab(apply), other.lab(apply)]);
    const second = [await scene.here.lab(apply), await other.lab(apply)];
    // Each leaves alone what the other made first, and says so. (Who has no state yet takes the other's marks for its
    // own, but does not replace an audit device unasked.)
    for (const ran of [...first, ...second].filter(({ code }) => code !== 0)) {
      expect(ran.stdout + ran.stderr).toMatch(
        /somebody else initialised|keys unknown|it belongs to|escrow|would lose data/,
      );
    }
    expect(inits).toBe(1);
    const [initialiser, ...more] = [scene.here, other].filter(({ folder }) =>
      existsSync(join(folder, 'escrow/oncall.asc')),
    );
    if (initialiser === undefined) throw new Error('nobody has the share of the person on call');
    expect(more).toEqual([]);
    expect(new Set(await sharesOf(initialiser)).size).toBe(5);
    expect(await initialiser.json(['vault', 'status'])).toMatchObject({ code: 0 });
  });
});

describe('an escrow that turns read-only', () => {
  test('after the first copy of shares: nothing is lost, and apply goes on once it can write', async () => {
    const scene = await stage();
    const { way, here } = scene;
    let inits = 0;
    way.watcher = {
      before: ({ call, body }) =>
        call.startsWith(`POST /api/v1/namespaces/${here.name}-security/secrets`) && body.includes('-shares"')
          ? {
              status: 403,
              json: {
                kind: 'Status',
                apiVersion: 'v1',
                status: 'Failure',
                reason: 'Forbidden',
                code: 403,
                message: 'secrets is forbidden: read-only now',
              },
            }
          : 'pass',
      after: ({ call }, { status }) => {
        if (call === 'POST /v1/sys/init' && status === 200) inits += 1;
      },
    };
    const refused = await here.lab(apply);
    expect(refused.code).toBe(1);
    expect(refused.stdout + refused.stderr).toMatch(/the escrow in escrow-security[^]*What init answered is kept/);
    expect(Object.keys(await here.escrow('operations'))).toContain('answer');
    expect(await readFile(join(here.folder, '.lab', here.name, 'local', 'vault-init-answer.json'), 'utf8')).toContain(
      '"shares"',
    );
    way.watcher = { ...way.watcher, before: () => 'pass' };
    expect(ended(await here.lab(apply))).toEqual({ code: 0, errors: '' });
    expect(inits).toBe(1);
    expect(new Set(await sharesOf(here)).size).toBe(5);
  });
});

describe('an answer of init that is lost on its way', () => {
  test('is named, never retried and never taken for sealed; the cure is printed', async () => {
    const { way, here } = await stage();
    let asked = 0;
    way.watcher = {
      ...nobody,
      before: ({ call }) => {
        if (call !== 'POST /v1/sys/init') return 'pass';
        asked += 1;
        return 'cut after';
      },
    };
    for (const words of [apply, apply, ['plan']]) {
      const ran = await here.lab(words);
      expect(ran.code).not.toBe(0);
      expect(ran.stdout + ran.stderr).toMatch(/initialised, keys unknown[^]*wipe its storage/);
    }
    expect(asked).toBe(1);
    const status = await here.json(['vault', 'status']);
    expect(status).toMatchObject({ code: 5, problem: { message: expect.stringContaining('keys unknown') } });
    expect((await here.json(['vault', 'unseal'])).code).toBe(5);
  });
});
