import { describe, expect, inject, test } from 'vitest';
import { needles } from '../../../src/secrets/needles.ts';
import { type Custody, type Nothing, type Ran } from './nothing.ts';
import { changeCustodians, opens, personShare, type Scene, stage, storeShares, untilNotKilled } from './scene.ts';
import { stranger, uniqueName } from './server.ts';
import { nobody, type Passing } from './watched.ts';

const apply = ['apply', '--auto-approve', '--wait', '1m'];
const rekey = ['vault', 'rekey', '--auto-approve'];

const ended = ({ code, stdout, stderr }: Ran) => ({ code, errors: code === 0 ? '' : stdout + stderr });

const newestShares = async (here: Nothing): Promise<string[]> => {
  const names = Object.keys(await here.escrow('audit')).flatMap((name) => /^shares(-\d+)$/.exec(name)?.[1] ?? []);
  const [newest = ''] = names.toSorted().toReversed();
  const stores: readonly Custody[] = ['operations', 'audit'];
  const kept = await Promise.all(stores.map((store) => storeShares(here, store, newest)));
  return [...kept.flat(), await personShare(here, newest)];
};

const oldShares = async (here: Nothing): Promise<string[]> => [
  ...(await storeShares(here, 'security')),
  ...(await storeShares(here, 'operations')),
  await personShare(here),
];

/** Every call of lab that changes something, once before it lands and once after, by the nth of its kind in a run. */
const killer = ({ way }: Scene, kill: () => void) => {
  const done = new Set<string>();
  const seen = new Map<string, number>();
  const isPoint = ({ call }: Passing): boolean => !call.startsWith('GET ') && !/\/login$|\/token$/.test(call);
  const nameOf = ({ call, body }: Passing): string => {
    const named = /"name":"[^"]*?(key|shares|answer|record)(-\d+)?"/.exec(body)?.[1] ?? '';
    return `${call.replace(/-\d+$/, '')} ${named}`;
  };
  const killAt = (point: string): boolean => {
    if (done.has(point)) return false;
    done.add(point);
    kill();
    return true;
  };
  way.watcher = {
    before: (passing) => {
      if (!isPoint(passing)) return 'pass';
      const name = nameOf(passing);
      seen.set(name, (seen.get(name) ?? 0) + 1);
      return killAt(`before ${name} ${seen.get(name)}`) ? 'cut before' : 'pass';
    },
    after: (passing) => {
      if (isPoint(passing)) killAt(`after ${nameOf(passing)} ${seen.get(nameOf(passing))}`);
    },
  };
  return { done, newRun: () => seen.clear() };
};

describe('lab vault rekey', () => {
  test('a custodian leaves, another joins: plan says so, the new shares open Vault and the old ones nothing', async () => {
    const scene = await stage();
    const { here, vault } = scene;
    expect(ended(await here.lab(apply))).toEqual({ code: 0, errors: '' });
    const before = await oldShares(here);
    expect(await opens(vault.address, before)).toBe(true);
    await changeCustodians(here);

    const refused = await here.lab(apply);
    expect(refused.code).toBe(5);
    expect(refused.stdout + refused.stderr).toMatch(/custodians of this Vault[^]*lab vault rekey/);
    const asked = await here.lab(['vault', 'rekey']);
    expect(asked.code).toBe(5);
    expect(asked.stderr).toMatch(/leaving: escrow-security[^]*stay where they are[^]*--delete-old[^]*--auto-approve/);

    const done = await here.json(rekey);
    expect(done).toMatchObject({ code: 0, generation: 2, shares: 5, threshold: 3 });
    expect(done).toMatchObject({ dropped: [] });
    const after = await newestShares(here);
    expect(new Set(after).size).toBe(5);
    expect(await opens(vault.address, after)).toBe(true);
    expect(await opens(vault.address, before)).toBe(false);
    expect(await oldShares(here)).toEqual(before);
    expect(await here.json(['apply', '--auto-approve'])).toMatchObject({ code: 0, writes: 0 });
    expect(await here.json(['vault', 'status'])).toMatchObject({
      code: 0,
      escrow: [{ readable: 2 }, { readable: 2 }, {}],
    });

    // The store of who left is deleted from only on demand, and nothing else happens then.
    const shown = await here.lab(['vault', 'rekey', '--delete-old']);
    expect(shown.code).toBe(5);
    expect(shown.stderr).toMatch(/No new shares[^]*those of init[^]*escrow-security[^]*--auto-approve/);
    const deleted = await here.json([...rekey, '--delete-old']);
    expect(deleted).toMatchObject({ code: 0, did: 'deleted old copies', generation: 2 });
    expect(deleted).toMatchObject({ dropped: ['escrow-operations', 'escrow-security', 'keys/oncall.asc'] });
    expect(Object.keys(await here.escrow('security')).toSorted()).toEqual(['key', 'record', 'root']);
    expect(await opens(vault.address, after)).toBe(true);
    expect(await here.json([...rekey, '--delete-old'])).toMatchObject({ code: 0, generation: 2, dropped: [] });

    // And again, with everything as it is.
    expect(await here.json(rekey)).toMatchObject({ code: 0, generation: 3, dropped: [] });
    expect(await opens(vault.address, after)).toBe(false);
    expect(await opens(vault.address, await newestShares(here))).toBe(true);
  });

  test('killed before and after each call that changes something, it finishes: one set of shares opens Vault', {
    timeout: 400_000,
  }, async () => {
    const scene = await stage();
    const { here, vault, way } = scene;
    expect(ended(await here.lab(apply))).toEqual({ code: 0, errors: '' });
    const before = await oldShares(here);
    await changeCustodians(here);

    let child: ReturnType<Nothing['start']> | undefined;
    const { done, newRun } = killer(scene, () => child?.kill('SIGKILL'));
    const runs = await untilNotKilled(() => {
      newRun();
      child = here.start(rekey);
      return child.ended;
    });
    way.watcher = nobody;
    expect(runs).toBeGreaterThan(30);
    const points = [...done].join('\n');
    for (const call of [
      'before POST /v1/sys/rekey/init  1',
      'after POST /v1/sys/rekey/update  3',
      'after POST /v1/sys/rekey/verify  3',
    ]) {
      expect(points).toContain(call);
    }
    const after = await newestShares(here);
    expect(await opens(vault.address, after)).toBe(true);
    expect(await opens(vault.address, before)).toBe(false);
    expect(await oldShares(here)).toEqual(before);
    expect(Object.keys(await here.escrow('operations')).filter((name) => name.startsWith('answer'))).toEqual([]);
    expect(await here.json(['apply', '--auto-approve'])).toMatchObject({ code: 0, writes: 0 });

    const deleting = [...rekey, '--delete-old'];
    const deletion = killer(scene, () => child?.kill('SIGKILL'));
    const cut = await untilNotKilled(() => {
      deletion.newRun();
      child = here.start(deleting);
      return child.ended;
    });
    way.watcher = nobody;
    expect(cut).toBeGreaterThanOrEqual(4);
    expect([...(await storeShares(here, 'security')), ...(await storeShares(here, 'operations'))]).toEqual([]);
    expect(await newestShares(here)).toEqual(after);
    expect(await opens(vault.address, after)).toBe(true);

    const secrets = JSON.stringify((await here.kube('GET', '/api/v1/secrets')).body);
    const seen = [await here.everything(), secrets].join('\n');
    for (const value of [...before, ...after]) {
      for (const needle of needles(value)) expect(seen.includes(needle) ? needle : '').toBe('');
    }
  });

  // Vault keeps a rekey in memory alone.
  test.each([
    ['after', 'POST', /secrets$/, 'answer', 3],
    ['before', 'POST', /sys\/rekey\/verify$/, '', 3],
    ['after', 'POST', /sys\/rekey\/verify$/, '', 2],
    ['before', 'DELETE', /secrets/, '', 2],
  ] as const)(
    'killed %s %s %s %s, and Vault restarted: it is unsealed, and new shares come to count',
    { timeout: 120_000 },
    async (when, method, path, entry, generation) => {
      const { here, way, vault, restart } = await stage({ kind: 'raft' });
      expect(ended(await here.lab(apply))).toEqual({ code: 0, errors: '' });
      const before = await oldShares(here);
      await changeCustodians(here);
      let child: ReturnType<Nothing['start']> | undefined;
      // The third share is the last one of a proof.
      let nth = path.source.includes('verify') ? 3 : 1;
      const meets = ({ call, body }: Passing): boolean => {
        const [verb = '', url = ''] = call.split(' ');
        if (verb !== method || !path.test(url) || !body.includes(entry === '' ? '' : `-${entry}`)) return false;
        nth -= 1;
        return nth === 0;
      };
      way.watcher = {
        before: (passing) => {
          if (when !== 'before' || !meets(passing)) return 'pass';
          child?.kill('SIGKILL');
          return 'cut before';
        },
        after: (passing) => {
          if (when === 'after' && meets(passing)) child?.kill('SIGKILL');
        },
      };
      child = here.start(rekey);
      const ran = await child.ended;
      expect({ code: ran.code, errors: ran.code === null ? '' : ran.stderr }).toEqual({ code: null, errors: '' });
      way.watcher = nobody;
      await restart();
      const sealed = await here.lab(rekey);
      expect(sealed.code).toBe(5);
      expect(sealed.stderr).toMatch(/is sealed[^]*lab vault unseal/);
      expect(ended(await here.lab(['vault', 'unseal']))).toEqual({ code: 0, errors: '' });
      expect(await here.json(rekey)).toMatchObject({ code: 0, generation });
      const after = await newestShares(here);
      expect(await opens(vault.address, after)).toBe(true);
      expect(await opens(vault.address, before)).toBe(false);
    },
  );

  test('recovery shares of a Vault that something else unseals: cut off, forgotten by Vault, and begun again', async () => {
    const key = uniqueName('seal');
    await stranger('POST', 'sys/mounts/transit', { type: 'transit' });
    await stranger('POST', `transit/keys/${key}`, {});
    const { here, vault, way } = await stage({ kind: 'inmem', sealedBy: { ...inject('servers').vault, key } });
    await here.edit((manifest) => manifest.replace('  init:\n', '  init:\n    seal: auto\n'));
    expect(ended(await here.lab(apply))).toEqual({ code: 0, errors: '' });
    const before = await oldShares(here);
    await changeCustodians(here);
    const base = 'sys/rekey-recovery-key';
    const killedAfter = async (call: string, nth: number): Promise<void> => {
      let left = nth;
      const child = here.start(rekey);
      way.watcher = {
        ...nobody,
        after: (passing) => {
          if (passing.call === call) left -= 1;
          if (passing.call === call && left === 0) child.kill('SIGKILL');
        },
      };
      const ran = await child.ended;
      expect({ code: ran.code, errors: ran.code === null ? '' : ran.stderr }).toEqual({ code: null, errors: '' });
      way.watcher = nobody;
    };
    // The new shares are handed out, one is given back; Vault forgets it: they never counted.
    await killedAfter(`POST /v1/${base}/verify`, 1);
    const { nonce }: { nonce: string } = JSON.parse(await (await fetch(`${vault.address}/v1/${base}/init`)).text());
    await fetch(`${vault.address}/v1/${base}/init`, { method: 'DELETE', body: JSON.stringify({ nonce }) });
    // The next ones count, and lab does not hear of it.
    await killedAfter(`POST /v1/${base}/verify`, 3);
    expect(await here.json(rekey)).toMatchObject({ code: 0, generation: 3 });
    expect(await opens(vault.address, await newestShares(here), base)).toBe(true);
    expect(await opens(vault.address, before, base)).toBe(false);
    expect(await here.json(['apply', '--auto-approve'])).toMatchObject({ code: 0, writes: 0 });
  });

  test('a rekey of somebody else is named and left alone', async () => {
    const { here, vault } = await stage();
    expect(ended(await here.lab(apply))).toEqual({ code: 0, errors: '' });
    const theirs = { secret_shares: 1, secret_threshold: 1 };
    const begun = await fetch(`${vault.address}/v1/sys/rekey/init`, { method: 'PUT', body: JSON.stringify(theirs) });
    const { nonce }: { nonce: string } = JSON.parse(await begun.text());
    const refused = await here.lab(rekey);
    expect(refused.code).toBe(5);
    expect(refused.stderr).toMatch(new RegExp(`somebody else is handing out[^]*${nonce}[^]*-cancel -nonce=${nonce}`));
    const still = await fetch(`${vault.address}/v1/sys/rekey/init`);
    expect(JSON.parse(await still.text())).toMatchObject({ started: true, nonce, progress: 0 });
    expect(Object.keys(await here.escrow('operations')).toSorted()).toEqual(['key', 'record', 'root', 'shares']);
  });

  test('where the stores keep too few, people give theirs first, and are told how', async () => {
    const { here, vault } = await stage();
    await here.edit((manifest) => manifest.replace('threshold: 3', 'threshold: 5'));
    const applied = await here.lab(apply);
    expect(applied.stderr + applied.stdout).toMatch(/vault operator unseal/);
    const person = await personShare(here);
    const give = async (path: string, body: object) => {
      const answer = await fetch(`${vault.address}/v1/${path}`, { method: 'PUT', body: JSON.stringify(body) });
      expect(answer.status).toBe(200);
    };
    await give('sys/unseal', { key: person });
    expect(ended(await here.lab(apply))).toEqual({ code: 0, errors: '' });

    const first = await here.lab(rekey);
    expect(first.code).toBe(1);
    const nonce = /VAULT_ADDR=\S+ vault operator rekey -nonce=(\S+)\./.exec(first.stderr)?.[1];
    await give('sys/rekey/update', { key: person, nonce });
    const second = await here.lab(rekey);
    expect(second.code).toBe(1);
    const proof = /vault operator rekey -verify -nonce=(\S+)\./.exec(second.stderr)?.[1];
    await give('sys/rekey/verify', { key: await personShare(here, '-2'), nonce: proof });
    expect(await here.json(rekey)).toMatchObject({ code: 0, generation: 2 });
  });
});
