import { expect, test, vi } from 'vitest';
import { openWhenFree } from '../../../src/cli/lock-wait.ts';
import type { JournalEntry } from '../../../src/state/store.ts';
import { begin, end, recordOf } from '../../state/example.ts';
import { type ClusterCase, clusterCase } from './cluster-case.ts';
import { dyingAt } from './dying.ts';

vi.setConfig({ testTimeout: 180_000 });

// A run that dies here does so within this process, so its lock can only run out.
const timing = { beat: 200, expiry: 1_000, watch: 600 };

const large = (name: string): JournalEntry => end(name, { applied: { text: 'x'.repeat(6_000) } });

/** What a run writes down: enough for the journal to be cut into pieces. */
const entries: readonly JournalEntry[] = [
  begin('one'),
  end('one'),
  ...['a', 'b', 'c', 'd', 'e'].map(large),
  begin('two'),
];

interface Outcome {
  readonly survived: boolean;
  readonly acknowledged: number;
}

/** A run over a state that is there, ending at one of its writes. */
const runUntilDeath = async (given: ClusterCase, write: number, moment: 'before' | 'after'): Promise<Outcome> => {
  const { objects, dead } = dyingAt(given.objects, write, moment);
  let acknowledged = 0;
  const run = async (): Promise<'survived'> => {
    const session = await given.open({ objects }).open('apply');
    for (const entry of entries) {
      await session.append(entry);
      acknowledged += 1;
    }
    await session.close();
    return 'survived';
  };
  const outcome = await Promise.race([run(), dead]);
  return { survived: outcome === 'survived', acknowledged };
};

const expectAfter = async (given: ClusterCase, acknowledged: number, at: string): Promise<void> => {
  const possible = [acknowledged, acknowledged + 1].map((count) => statusesOf(entries.slice(0, count)));
  expect(possible, at).toContainEqual(statusesIn(await given.store().load()));
  const patience = { seconds: 60, stop: new AbortController().signal, say: () => {} };
  const session = await openWhenFree(given.open(), patience, 'apply');
  // What was on its way when the run died may have arrived since.
  const found = statusesIn(session.state);
  expect(possible, at).toContainEqual(found);
  await session.append(end('next'));
  await session.close();
  const after = await given.store().load();
  expect({ ...statusesIn(after), broken: after?.broken }, at).toEqual({
    ...found,
    next: 'done',
    broken: [],
  });
  // Nothing is left behind but the root and the document.
  const left = (await given.secrets()).map(({ name }) => name.split('.')[3] ?? 'root');
  expect(new Set(left), at).toEqual(new Set(['root', 'document']));
  expect(left, at).toHaveLength(2);
};

const statusesIn = (state: { readonly records: readonly ReturnType<typeof recordOf>[] } | undefined) =>
  Object.fromEntries((state?.records ?? []).map(({ id, status }) => [id[0], status]));

const statusesOf = (steps: readonly JournalEntry[]) => {
  const records = steps.flatMap((step) =>
    step.step === 'begin' || step.step === 'end'
      ? [{ ...step.record, status: step.step === 'begin' ? ('begun' as const) : ('done' as const) }]
      : [],
  );
  return statusesIn({ records: [recordOf('before'), ...records] });
};

test('a run that dies at any of its writes loses nothing that was acknowledged, and leaves nothing behind', async () => {
  const dieAt = async (write: number, moment: 'before' | 'after'): Promise<boolean> => {
    const given = await clusterCase({ timing });
    const first = await given.store().open('apply');
    await first.append(end('before'));
    await first.close();
    const { survived, acknowledged } = await runUntilDeath(given, write, moment);
    await expectAfter(given, acknowledged, `${moment} write ${write}`);
    return survived;
  };
  let last = 0;
  for (let survived = false; !survived; last += 5) {
    const writes = [1, 2, 3, 4, 5].map((more) => last + more);
    const outcomes = await Promise.all(writes.flatMap((write) => [dieAt(write, 'before'), dieAt(write, 'after')]));
    survived = outcomes.every(Boolean);
  }
  // The lock, each entry, pieces of the journal, the document, what is cleared away, the lock again.
  expect(last).toBeGreaterThan(15);
});
