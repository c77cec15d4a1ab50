import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/engine/event.ts';
import { progressLines } from '../../src/views/progress.ts';

/** Plays events, each at its own second, and returns the lines. */
const told = (events: readonly (readonly [number, Event])[]): string[] => {
  const lines: string[] = [];
  const due = new Set<{ readonly at: number; readonly work: () => void }>();
  let second = 0;
  const emit = progressLines({
    line: (text) => lines.push(text),
    now: () => second * 1000,
    later: (ms, work) => {
      const timer = { at: second + ms / 1000, work };
      due.add(timer);
      return () => due.delete(timer);
    },
  });
  for (const [at, event] of events) {
    for (const timer of due) {
      if (timer.at > at) continue;
      due.delete(timer);
      timer.work();
    }
    second = at;
    emit(event);
  }
  return lines;
};

const shut = (because: string): Event => ({ type: 'gate', gate: 'vault.active', state: 'waiting', because });

describe('progress', () => {
  test('is one line for what ends or fails, one more for what takes its time, and none for what is merely read or skipped', () => {
    const lines = told([
      [0, { type: 'reading', total: 23 }],
      [0, { type: 'read', address: 'vault.mount/secret' }],
      [1, { type: 'started', address: 'vault.mount/secret', action: 'create' }],
      [2, { type: 'done', address: 'vault.mount/secret', action: 'create', ms: 812 }],
      [2, { type: 'started', address: 'vault.policy/a', action: 'update' }],
      [
        3,
        {
          type: 'failed',
          address: 'vault.policy/a',
          diagnostic: { severity: 'error', code: 'DENIED', message: '403\nsudo needed' },
        },
      ],
      [3, { type: 'skipped', address: 'vault.policy/b', because: 'needs vault.policy/a' }],
      [4, { type: 'started', address: 'vault.policy/slow', action: 'create' }],
      [7, { type: 'done', address: 'vault.policy/slow', action: 'create', ms: 3000 }],
    ]);
    expect(lines).toMatchInlineSnapshot(`
      [
        "Reading 23 objects …",
        "vault.mount/secret  created (812 ms)",
        "vault.policy/a  FAILED: 403 sudo needed",
        "vault.policy/slow  creating …",
        "vault.policy/slow  created (3.0 s)",
      ]
    `);
  });

  test('tells the same wait at most every ten seconds, and a short one for one object not at all', () => {
    const lines = told([
      [0, shut('sealed, 0 of 3')],
      [1, shut('sealed, 1 of 3')],
      [9, shut('sealed, 2 of 3')],
      [10, shut('sealed, 2 of 3')],
      [11, { type: 'waiting', address: 'vault.mount/secret', for: 'replication' }],
      [12, { type: 'waiting', address: 'vault.mount/secret', for: 'replication' }],
      [14, { type: 'waiting', address: 'vault.mount/secret', for: 'replication, 1 of 2' }],
      [15, { type: 'waiting', address: 'vault.mount/secret', for: 'replication, 1 of 2' }],
      [16, { type: 'gate', gate: 'vault.active', state: 'open', because: '' }],
    ]);
    expect(lines).toMatchInlineSnapshot(`
      [
        "vault.active is shut: sealed, 0 of 3",
        "vault.active is shut: sealed, 2 of 3",
        "vault.mount/secret  waiting: replication, 1 of 2",
        "vault.active is open",
      ]
    `);
  });
});
