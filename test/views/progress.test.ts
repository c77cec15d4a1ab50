import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/engine/event.ts';
import { progressLines } from '../../src/views/progress.ts';

/** Plays events, each at its own second, and returns the lines. */
const told = (events: readonly (readonly [number, Event])[]): string[] => {
  const lines: string[] = [];
  let second = 0;
  const emit = progressLines({ line: (text) => lines.push(text), now: () => second * 1000 });
  for (const [at, event] of events) {
    second = at;
    emit(event);
  }
  return lines;
};

const shut = (because: string): Event => ({ type: 'gate', gate: 'vault.active', state: 'waiting', because });

describe('progress', () => {
  test('is one line for what starts, ends or fails, and none for what is merely read or skipped', () => {
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
    ]);
    expect(lines).toMatchInlineSnapshot(`
      [
        "Reading 23 objects …",
        "vault.mount/secret  creating …",
        "vault.mount/secret  created (812 ms)",
        "vault.policy/a  changing …",
        "vault.policy/a  FAILED: 403 sudo needed",
      ]
    `);
  });

  test('tells the same wait at most every ten seconds, whatever reason it gives meanwhile', () => {
    const lines = told([
      [0, shut('sealed, 0 of 3')],
      [1, shut('sealed, 1 of 3')],
      [9, shut('sealed, 2 of 3')],
      [10, shut('sealed, 2 of 3')],
      [11, { type: 'waiting', address: 'vault.mount/secret', for: 'replication' }],
      [12, { type: 'waiting', address: 'vault.mount/secret', for: 'replication' }],
      [13, { type: 'gate', gate: 'vault.active', state: 'open', because: '' }],
    ]);
    expect(lines).toMatchInlineSnapshot(`
      [
        "waiting for vault.active: sealed, 0 of 3",
        "waiting for vault.active: sealed, 2 of 3",
        "vault.mount/secret  waiting: replication",
        "vault.active is open",
      ]
    `);
  });
});
