import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { canonicalJson } from '../../../src/engine/canonical.ts';
import { needles } from '../../../src/secrets/needles.ts';
import type { Custody, Nothing, Ran } from './nothing.ts';
import { changeCustodians, openedBy, personShare, stage, storeShares } from './scene.ts';
import { nobody, type WatchedWay } from './watched.ts';

const apply = ['apply', '--auto-approve', '--wait', '1m'];
const rekey = ['vault', 'rekey', '--auto-approve'];
const record = ['vault', 'record'];

const ended = ({ code, stdout, stderr }: Ran) => ({ code, errors: code === 0 ? '' : stdout + stderr });

/** The digests of what a store keeps, as its owner would compute them. */
const digestsIn = async (here: Nothing, store: Custody, generation = ''): Promise<string[]> => {
  const { shares }: { shares: { message: string }[] } = JSON.parse(
    (await here.escrow(store))[`shares${generation}`] ?? '',
  );
  return shares.map(({ message }) => createHash('sha256').update(message).digest('hex'));
};

const secretAt = (here: Nothing, store: Custody, entry: string): string =>
  `/api/v1/namespaces/${here.name}-${store}/secrets/lab-vault-${here.name}-local-${entry}`;

describe('lab vault record', () => {
  test('from nothing, sealed, through a rekey: it has both generations, and never a secret', {
    timeout: 120_000,
  }, async () => {
    const { here, way, vault, restart } = await stage({ kind: 'raft' });
    const none = await here.lab(record);
    expect(none.code).toBe(5);
    expect(none.stderr).toMatch(/nothing is on record of the Vault[^]*lab apply/);

    let answer = '';
    let accessor = '';
    way.watcher = {
      ...nobody,
      after: ({ call, body }, given) => {
        if (call === 'POST /v1/sys/init') answer = given.body;
        if (call === 'POST /v1/auth/token/revoke-accessor') accessor = JSON.parse(body).accessor;
      },
    };
    expect(ended(await here.lab(apply))).toEqual({ code: 0, errors: '' });
    way.watcher = nobody;
    const { key = '' } = await here.escrow('operations');
    const root = await openedBy(key, JSON.parse(answer).root_token);
    const { cluster_id: clusterId, cluster_name: clusterName } = JSON.parse(
      await (await fetch(`${vault.address}/v1/sys/health`)).text(),
    );

    // Sealed, and asked nothing: the record is of the escrow.
    await restart();
    const asked: string[] = [];
    const watchVault: WatchedWay['watcher'] = {
      ...nobody,
      before: ({ call }) => {
        if (/^\S+ \/v1\//.test(call)) asked.push(call);
        return 'pass';
      },
    };
    way.watcher = watchVault;
    const log = { GITHUB_SERVER_URL: 'https://forge.example', GITHUB_REPOSITORY: 'team/lab', GITHUB_RUN_ID: '7' };
    const first = JSON.parse((await here.lab([...record, '--json'], log)).stdout);
    expect(first).toMatchObject({
      exit: { code: 0 },
      record: {
        address: way.vaultAddress,
        root: { is: 'revoked', found: 'alive', accessor, by: expect.stringMatching(/^.+@.+$/) },
        generations: [
          {
            number: 1,
            of: 'init',
            is: 'counts',
            shares: 5,
            threshold: 3,
            product: inject('servers').vault.product,
            version: expect.stringMatching(/^\d+\.\d+\.\d+/),
            seal: 'shamir',
            clusterId,
            clusterName,
            by: expect.stringMatching(/^.+@.+$/),
            custodians: [
              { name: 'escrow-operations', digests: await digestsIn(here, 'operations') },
              { name: 'escrow-security', digests: await digestsIn(here, 'security') },
              { name: 'keys/oncall.asc', file: expect.stringMatching(/^[0-9a-f]{64}$/) },
            ],
          },
        ],
      },
      looked: {
        run: 'https://forge.example/team/lab/actions/runs/7',
        stores: [{ is: 'same' }, { is: 'same' }],
        copies: [{ is: 'same' }, { is: 'same' }, { is: 'same' }],
      },
    });
    for (const custodian of first.record.generations[0].custodians) {
      expect(custodian).toMatchObject({ key: expect.stringMatching(/^[0-9a-f]{40}$/) });
      expect(Date.parse(custodian.readBackAt)).toBeGreaterThanOrEqual(
        Date.parse(first.record.generations[0].givenOutAt),
      );
    }
    expect(first.sha256).toBe(createHash('sha256').update(canonicalJson(first.record)).digest('hex'));
    expect(first.record.generations[0]).not.toHaveProperty('run');

    expect(asked).toEqual([]);
    way.watcher = nobody;
    expect(ended(await here.lab(['vault', 'unseal']))).toEqual({ code: 0, errors: '' });
    await changeCustodians(here);
    expect(ended(await here.lab(rekey, log))).toEqual({ code: 0, errors: '' });
    const file = join(here.folder, 'record.json');
    expect(ended(await here.lab([...record, '--out', file]))).toEqual({ code: 0, errors: '' });
    const second = JSON.parse(await readFile(file, 'utf8'));
    expect(second.sha256).not.toBe(first.sha256);
    expect(second.record.root).toEqual(first.record.root);
    expect(second.record.generations).toMatchObject([
      { ...first.record.generations[0], is: 'counted before' },
      {
        number: 2,
        of: 'rekey',
        is: 'counts',
        clusterId,
        run: 'https://forge.example/team/lab/actions/runs/7',
        custodians: [
          { name: 'escrow-operations', digests: await digestsIn(here, 'operations', '-2') },
          { name: 'escrow-audit', digests: await digestsIn(here, 'audit', '-2') },
          { name: 'keys/oncall.asc' },
        ],
      },
    ]);
    // The one who joined was handed all of it.
    expect(second.looked.stores).toEqual([
      { custodian: 'escrow-operations', is: 'same' },
      { custodian: 'escrow-audit', is: 'same' },
      { custodian: 'escrow-security', is: 'same' },
    ]);
    const again = await here.lab([...record, '-o', file]);
    expect(again.code).toBe(5);
    expect(again.stderr).toContain('is not overwritten');

    const shares = [
      ...(await storeShares(here, 'operations')),
      ...(await storeShares(here, 'security')),
      ...(await storeShares(here, 'operations', '-2')),
      ...(await storeShares(here, 'audit', '-2')),
      await personShare(here),
      await personShare(here, '-2'),
    ];
    expect(new Set(shares).size).toBe(10);
    const seen = await here.everything();
    for (const value of [root, ...shares]) {
      for (const needle of needles(value)) expect(seen.includes(needle) ? needle : '').toBe('');
    }
  });

  test('copies that were deleted are told of; ones that somebody changed, or took away, are refused', async () => {
    const { here } = await stage();
    expect(ended(await here.lab(apply))).toEqual({ code: 0, errors: '' });
    expect(ended(await here.lab(rekey))).toEqual({ code: 0, errors: '' });
    expect(ended(await here.lab([...rekey, '--delete-old']))).toEqual({ code: 0, errors: '' });
    const kept = await here.json(record);
    expect(kept).toMatchObject({
      code: 0,
      looked: { copies: [{ is: 'gone' }, { is: 'gone' }, { is: 'carried away' }, {}, {}, {}] },
    });

    const other = Buffer.from(JSON.stringify({ formatVersion: 1, shares: [{ number: 1, message: 'AAAA' }] }));
    await here.kube('DELETE', secretAt(here, 'security', 'shares-2'));
    expect(await here.json(record)).toMatchObject({ code: 5 });
    await here.kube('POST', `/api/v1/namespaces/${here.name}-security/secrets`, {
      metadata: { name: `lab-vault-${here.name}-local-shares-2` },
      data: { value: other.toString('base64') },
    });
    const changed = await here.lab(record);
    expect(changed.code).toBe(5);
    expect(changed.stdout).toMatch(/escrow-security +2 shares.*NOT WHAT IS ON RECORD/);

    // A record that one store has otherwise than the others.
    await here.kube('DELETE', secretAt(here, 'security', 'root'));
    await here.kube('DELETE', secretAt(here, 'security', 'record-2'));
    expect(await here.json(record)).toMatchObject({ code: 5, looked: { stores: [{ is: 'same' }, { is: 'gone' }] } });
    const { record: entry = '' } = await here.escrow('operations');
    const forged = JSON.stringify({ ...JSON.parse(entry), by: 'nobody@nowhere' });
    await here.kube('DELETE', secretAt(here, 'security', 'record'));
    await here.kube('POST', `/api/v1/namespaces/${here.name}-security/secrets`, {
      metadata: { name: `lab-vault-${here.name}-local-record` },
      data: { value: Buffer.from(forged).toString('base64') },
    });
    const forgedSeen = await here.lab(record);
    expect(forgedSeen.code).toBe(5);
    expect(forgedSeen.stdout).toContain('escrow-security has something else on record');
  });

  test('killed between the end of root and its record, the next apply records that it found it dead', async () => {
    const { here, way } = await stage();
    const child = here.start(apply);
    way.watcher = {
      ...nobody,
      after: ({ call }) => {
        if (call === 'POST /v1/auth/token/revoke-accessor') child.kill('SIGKILL');
      },
    };
    expect((await child.ended).code).toBe(null);
    way.watcher = nobody;
    expect(await here.json(record)).toMatchObject({ code: 0, record: { root: { is: 'alive', manifest: 'revoke' } } });
    expect(ended(await here.lab(apply))).toEqual({ code: 0, errors: '' });
    const after = await here.json(record);
    expect(after).toMatchObject({ code: 0, record: { root: { is: 'revoked', found: 'dead' } } });
  });
});
