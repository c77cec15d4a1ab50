import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/engine/event.ts';
import type { ApplyResult } from '../../src/engine/outcome.ts';
import { board } from '../../src/views/board.ts';
import { plainStyle } from '../../src/views/style.ts';
import { change, deferred, plan } from './literal-plan.ts';

const drawn = plan([
  change('kubernetes.namespace/a', { actions: ['create'] }),
  change('kubernetes.secret/a/b', { actions: ['create'] }),
  change('kubernetes.secret/a/same'),
  deferred('vault.mount/secret'),
  deferred('vault.policy/p'),
]);

/** A board and its clock, in seconds. */
const playing = () => {
  let second = 0;
  const shown = board(drawn, plainStyle, () => second * 1000);
  return {
    at: (time: number, ...events: readonly Event[]) => {
      second = time;
      events.forEach(shown.emit);
    },
    text: () =>
      shown
        .views()
        .map(({ state, title, below }) => [`${state}: ${title}`, ...below.map((line) => `  ${line}`)].join('\n')),
    close: shown.close,
  };
};

const started = (address: string): Event => ({ type: 'started', address, action: 'create' });
const done = (address: string): Event => ({ type: 'done', address, action: 'create', ms: 10 });
const gate = (state: 'waiting' | 'open', because = ''): Event => ({
  type: 'gate',
  gate: 'vault.active',
  state,
  because,
});

const result: ApplyResult = {
  formatVersion: 1,
  done: ['kubernetes.namespace/a', 'kubernetes.secret/a/b', 'vault.mount/secret'],
  unchanged: ['kubernetes.secret/a/same', 'vault.policy/p'],
  failed: [],
  skipped: [],
  deferred: [],
  refused: [],
  diagnostics: [],
  cancelled: false,
  writes: 3,
  ms: 9000,
  waitedMs: 0,
};

describe('the board', () => {
  test('has one line a phase, and below it what runs', () => {
    const { at, text } = playing();
    at(0, started('kubernetes.namespace/a'));
    at(3, gate('waiting', 'vault-0 sealed, 2 of 3'));
    at(4, { type: 'waiting', address: 'kubernetes.namespace/a', for: 'not synced yet' });
    expect(text().join('\n')).toMatchInlineSnapshot(`
      "running: bootstrap    0 of 2   4 s
         4 s  kubernetes.namespace/a  not synced yet
        1 waiting for their turn
      running: production   0 of 2   vault.active is shut: vault-0 sealed, 2 of 3   1 s
        2 waiting for their turn"
    `);
  });

  test('collapses a finished phase to its line, and counts on once the gate is open', () => {
    const { at, text } = playing();
    at(0, started('kubernetes.namespace/a'), gate('waiting', 'sealed'));
    at(2, done('kubernetes.namespace/a'), started('kubernetes.secret/a/b'), done('kubernetes.secret/a/b'));
    at(5, gate('open'), started('vault.mount/secret'));
    expect(text().join('\n')).toMatchInlineSnapshot(`
      "done: bootstrap    2 of 2   2.0 s
      running: production   0 of 2   5 s
         0 s  vault.mount/secret  creating
        1 waiting for their turn"
    `);
  });

  test('keeps a failure in sight to the end', () => {
    const { at, text, close } = playing();
    const diagnostic = { severity: 'error', code: 'DENIED', message: '403\nno' } as const;
    at(1, started('kubernetes.namespace/a'), { type: 'failed', address: 'kubernetes.namespace/a', diagnostic });
    at(1, { type: 'skipped', address: 'kubernetes.secret/a/b', because: 'needs kubernetes.namespace/a' });
    close({ ...result, done: [], unchanged: [] });
    expect(text().join('\n')).toMatchInlineSnapshot(`
      "failed: bootstrap    0 of 2   0 ms
        kubernetes.namespace/a  FAILED: 403 no
      left: production   0 of 2"
    `);
  });

  test('counts at the end what was found as it should be', () => {
    const { at, text, close } = playing();
    at(0, done('kubernetes.namespace/a'), done('kubernetes.secret/a/b'), gate('waiting', 'sealed'));
    at(9, gate('open'), done('vault.mount/secret'));
    close(result);
    expect(text()).toEqual([
      expect.stringContaining('done: bootstrap    2 of 2'),
      expect.stringContaining('done: production   2 of 2'),
    ]);
  });

  test('is never higher than a small screen', () => {
    const many = Array.from({ length: 40 }, (_, index) => `kubernetes.secret/a/${index}`);
    const shown = board(plan(many.map((address) => change(address, { actions: ['create'] }))), plainStyle, () => 0);
    for (const address of many) shown.emit(started(address));
    expect(shown.views()[0]?.below).toHaveLength(9);
    expect(shown.views()[0]?.below.at(-1)).toBe('… 32 more');
  });
});
