import { beforeEach, describe, expect, test } from 'vitest';
import type { JournalEntry, State, StateStore } from '../../src/state/store.ts';
import { begin, end, recordOf } from './example.ts';

/** One backend with one owner's state in it, empty at first. */
export interface StoreCase {
  /** A new handle, as another run has. */
  readonly store: () => StateStore;
  /** Another run opens the state, appends these, and is killed. */
  readonly crash: (entries: readonly JournalEntry[]) => Promise<void>;
  /** Everything that is stored and when it was written. */
  readonly stored: () => Promise<string>;
  /** Puts text in the place of a record of the state document. */
  readonly damage: (identity: string, text: string) => Promise<void>;
}

const one: JournalEntry[] = [begin('one'), end('one')];

/** What every StateStore must do. */
export const describeStateStore = (name: string, make: () => Promise<StoreCase>): void => {
  describe(`${name} keeps the contract of StateStore`, () => {
    let given: StoreCase;
    beforeEach(async () => {
      given = await make();
    });

    const write = async (...entries: readonly JournalEntry[]): Promise<void> => {
      const session = await given.store().open('apply');
      for (const entry of entries) await session.append(entry);
      await session.close();
    };
    const load = async (): Promise<State> => {
      const state = await given.store().load();
      if (state === undefined) throw new Error('there is no state');
      return state;
    };

    test('a fresh store has no state, and looking does not change that', async () => {
      const before = await given.stored();
      expect(await given.store().load()).toBeUndefined();
      expect(await given.store().load()).toBeUndefined();
      expect(await given.stored()).toBe(before);
    });

    test('the first session that writes makes the installation, and the later ones keep it', async () => {
      const first = await given.store().open('apply');
      expect(first.state).toMatchObject({ serial: 0, records: [], broken: [] });
      expect(first.state.installation).toMatch(/^[0-9a-f]{8}$/);
      await first.append({ step: 'system', provider: 'vault', scope: 'vault-1' });
      await first.close();
      const second = await given.store().open('apply', 'other123');
      expect(second.state.installation).toBe(first.state.installation);
      await second.close();
    });

    test('the first session takes the installation that it is given', async () => {
      const session = await given.store().open('apply', 'given123');
      await session.append(end('one'));
      await session.close();
      expect((await load()).installation).toBe('given123');
    });

    test('what was appended is there after close', async () => {
      await write(
        ...one,
        end('two', { ownership: 'contributed' }),
        { step: 'system', provider: 'vault', scope: 'vault-1' },
        { step: 'plan-used', digest: 'd1' },
        { step: 'plan-used', digest: 'd1' },
      );
      expect(await load()).toEqual({
        installation: expect.any(String),
        serial: 1,
        records: [recordOf('one'), recordOf('two', { ownership: 'contributed' })],
        systems: { vault: 'vault-1' },
        usedPlans: ['d1'],
        broken: [],
      });
    });

    test('an object that is gone leaves no record', async () => {
      await write(...one, end('two'));
      await write({ step: 'gone', identity: recordOf('one').identity });
      expect((await load()).records).toEqual([recordOf('two')]);
    });

    test('a session sees at once what it appended', async () => {
      const session = await given.store().open('apply');
      await session.append(begin('one'));
      expect(session.state.records).toEqual([recordOf('one', { status: 'begun' })]);
      await session.append(end('one'));
      expect(session.state.records).toEqual([recordOf('one')]);
      await session.close();
    });

    test('others see what a session appended before it closes', async () => {
      const session = await given.store().open('apply');
      await session.append(begin('one'));
      expect((await load()).records).toEqual([recordOf('one', { status: 'begun' })]);
      await session.close();
    });

    test('many entries at once all get there, in their order', async () => {
      const session = await given.store().open('apply');
      const names = Array.from({ length: 200 }, (_, index) => `p${index}`);
      await Promise.all(names.flatMap((each) => [session.append(begin(each)), session.append(end(each))]));
      await session.close();
      expect((await load()).records).toEqual(names.map((each) => recordOf(each)));
    });

    test('the serial grows by one with each session that wrote, and with no other', async () => {
      await write(...one);
      await write();
      expect((await load()).serial).toBe(1);
      await write(end('two'), end('three'));
      expect((await load()).serial).toBe(2);
    });

    test('a session that appends nothing leaves what is stored untouched', async () => {
      await write(...one);
      const before = await given.stored();
      await write();
      expect(await given.stored()).toBe(before);
    });

    test('loading writes nothing and takes no lock', async () => {
      await write(...one);
      const session = await given.store().open('apply');
      await session.append(begin('two'));
      const before = await given.stored();
      expect((await load()).records).toHaveLength(2);
      expect(await given.stored()).toBe(before);
      await session.close();
    });

    test('after a crash everything that was appended is there', async () => {
      const entries = [begin('one'), end('one'), begin('two'), begin('one', { receipt: { applied: 'a2', live: '' } })];
      const expected = [
        [],
        [recordOf('one', { status: 'begun' })],
        [recordOf('one')],
        [recordOf('one'), recordOf('two', { status: 'begun' })],
        [
          recordOf('one', { status: 'begun', receipt: { applied: 'a2', live: '' } }),
          recordOf('two', { status: 'begun' }),
        ],
      ];
      for (const [count, records] of expected.entries()) {
        given = await make();
        await given.crash(entries.slice(0, count));
        expect((await given.store().load())?.records ?? []).toEqual(records);
        await write(end('three'));
        expect((await load()).records).toEqual([...records, recordOf('three')]);
      }
    });

    test('a crash in the first session does not lose the installation', async () => {
      await given.crash([begin('one')]);
      const { installation } = await load();
      await write(end('one'));
      expect((await load()).installation).toBe(installation);
    });

    test('a crashed session counts as one that wrote', async () => {
      await write(...one);
      await given.crash([begin('two')]);
      expect((await load()).serial).toBe(2);
      await write(end('two'));
      expect((await load()).serial).toBe(3);
    });

    test('two crashes in a row lose nothing', async () => {
      await given.crash([end('one')]);
      await given.crash([end('two')]);
      expect((await load()).records).toEqual([recordOf('one'), recordOf('two')]);
    });

    test('what lab owned stays owned while a contribution to it is in flight', async () => {
      await write(end('one'));
      await given.crash([begin('one', { ownership: 'contributed' })]);
      expect((await load()).records).toEqual([recordOf('one', { status: 'begun' })]);
    });

    test('a held lock refuses a second session and names its holder and the way out', async () => {
      const session = await given.store().open('apply');
      const refused = given.store().open('destroy');
      await expect(refused).rejects.toMatchObject({
        code: 'LOCKED',
        message: expect.stringMatching(/locked by .+@.+ \(apply, pid \d+\) since 2\d{3}-/),
        detail: { next: expect.stringMatching(/lab state unlock [0-9a-f]{8}$/) },
      });
      await session.close();
      await (await given.store().open('destroy')).close();
    });

    test('closing twice is closing once', async () => {
      const session = await given.store().open('apply');
      await session.append(end('one'));
      await Promise.all([session.close(), session.close()]);
      await session.close();
      expect((await load()).serial).toBe(1);
    });

    test('a broken record is reported, blocks no other, and stays as it is', async () => {
      await write(end('one'), end('two'), end('three'));
      const { identity } = recordOf('two');
      const text = `{"identity": "${identity}", "address":  "vault.policy/two", "size": 12345678901234567890.10 }`;
      await given.damage(identity, text);
      const { records, broken } = await load();
      expect(records).toEqual([recordOf('one'), recordOf('three')]);
      expect(broken).toEqual([{ identity, why: 'kind: must be text' }]);
      await write(end('four'));
      expect((await load()).broken).toEqual(broken);
      expect(await given.stored()).toContain(text);
    });

    test('a new record of the same object takes the place of a broken one', async () => {
      await write(end('one'), end('two'));
      await given.damage(recordOf('two').identity, `{"identity":"${recordOf('two').identity}"}`);
      await write(end('two'));
      expect(await load()).toMatchObject({ records: [recordOf('one'), recordOf('two')], broken: [] });
    });
  });
};
