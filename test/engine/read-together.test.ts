import { describe, expect, test } from 'vitest';
import { readTogether } from '../../src/engine/read-together.ts';
import type { Asked, BoundKind, Live } from '../../src/engine/resource.ts';
import type { Fields } from '../../src/engine/value.ts';

const live = (how: string, id: readonly string[]): Live => ({
  exists: 'yes',
  spec: { how, name: id.join('/') },
  outputs: {},
});

/** A kind that says how it was read, and what was asked of it. */
const kindThat = (readMany?: (asked: readonly Asked<Fields>[]) => Promise<readonly (Live | undefined)[]>) => {
  const calls: string[] = [];
  const nothing = () => Promise.reject(new Error('this test only reads'));
  const kind: BoundKind = {
    read: async (id) => {
      calls.push(`read ${id.join('/')}`);
      return live('alone', id);
    },
    ...(readMany === undefined
      ? {}
      : {
          readMany: (asked) => {
            calls.push(`list ${asked.length}`);
            return readMany(asked);
          },
        }),
    recognises: nothing,
    write: nothing,
    settled: nothing,
    losses: nothing,
    verify: nothing,
    remove: nothing,
    remains: nothing,
    release: nothing,
    keep: nothing,
  };
  return { kind, calls };
};

const all = async (asked: readonly Asked<Fields>[]) => asked.map(({ id }) => live('listed', id));

const readAll = (count: number, kind: BoundKind) => {
  const read = readTogether((_name, call) => call());
  return Promise.allSettled(Array.from({ length: count }, (_, index) => read('memory.box', kind, [`${index}`], {})));
};

describe('reads of the same turn', () => {
  test('are one list from ten on, and each gets its own answer', async () => {
    const { kind, calls } = kindThat(all);
    const answers = await readAll(12, kind);
    expect(calls).toEqual(['list 12']);
    expect(answers[11]).toEqual({ status: 'fulfilled', value: live('listed', ['11']) });
  });

  test('are single ones below that, or where the kind cannot list', async () => {
    const few = kindThat(all);
    await readAll(9, few.kind);
    expect(few.calls).toHaveLength(9);
    const plain = kindThat();
    await readAll(12, plain.kind);
    expect(plain.calls).toHaveLength(12);
  });

  test('are single ones for what the list does not tell', async () => {
    const { kind, calls } = kindThat(async (asked) =>
      asked.map(({ id }) => (id[0] === '3' ? undefined : live('listed', id))),
    );
    const answers = await readAll(10, kind);
    expect(calls).toEqual(['list 10', 'read 3']);
    expect(answers[3]).toEqual({ status: 'fulfilled', value: live('alone', ['3']) });
  });

  test('all fail with the list', async () => {
    const { kind } = kindThat(() => Promise.reject(new Error('no route to host')));
    const answers = await readAll(10, kind);
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 'rejected'));
  });
});
