import { expect, test } from 'vitest';
import type { Diagnostic } from '../../src/engine/change.ts';
import { LabError } from '../../src/errors.ts';
import type { LockingStore } from '../../src/state/store.ts';
import { type Meanwhile, untilReached } from '../../src/state/until-reached.ts';
import { memoryStore } from '../support/memory-store.ts';
import { end } from './example.ts';

const stored = (): LockingStore => ({ ...memoryStore(), unlock: async () => undefined });

/** A state whose cluster answers or not. */
const withCluster = (error: LabError | undefined, more: Partial<Meanwhile> = {}) => {
  const [there, here] = [stored(), stored()];
  const reported: Diagnostic[] = [];
  const store = untilReached({
    cluster: async () => {
      if (error !== undefined) throw error;
      return there;
    },
    local: here,
    hasAnswered: () => false,
    hasMoved: async () => false,
    lasts: true,
    report: (diagnostic) => reported.push(diagnostic),
    ...more,
  });
  return { store, there, here, reported };
};

const away = new LabError('UNREACHABLE', 'no answer');

const write = async (store: LockingStore, operation: string): Promise<void> => {
  const session = await store.open(operation);
  await session.append(end('one'));
  await session.close();
};

test('the state is in the cluster where that answers', async () => {
  const { store, there, here, reported } = withCluster(undefined);
  await write(store, 'apply');
  expect((await there.load())?.records).toHaveLength(1);
  expect(await here.load()).toBeUndefined();
  expect(reported).toEqual([]);
});

test('a first apply to a cluster that does not answer begins a local state and says so', async () => {
  const { store, here, reported } = withCluster(away);
  await write(store, 'apply');
  expect((await here.load())?.records).toHaveLength(1);
  expect((await store.load())?.records).toHaveLength(1);
  expect(reported.map(({ code, message }) => [code, message])).toEqual([
    ['STATE_LOCAL', expect.stringMatching(/^no answer; .*moved there/)],
    ['STATE_LOCAL', 'no answer; a state that lies there is not known'],
  ]);
});

test.each<[string, string, LabError, Partial<Meanwhile>]>([
  ['one that was in the cluster before', 'apply', away, { hasMoved: async () => true }],
  ['one whose cluster answered a moment ago', 'apply', away, { hasAnswered: () => true }],
  ['one on a runner that vanishes', 'apply', away, { lasts: false }],
  ['a destroy', 'destroy', away, {}],
  ['a cluster that answers with a refusal', 'apply', new LabError('DENIED', 'not allowed'), {}],
])('%s does not begin a local state', async (_what, operation, error, more) => {
  const { store, here } = withCluster(error, more);
  await expect(write(store, operation)).rejects.toBe(error);
  expect(await here.load()).toBeUndefined();
});
