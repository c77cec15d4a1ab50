import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  allowedAddresses,
  applyExit,
  type Condition,
  driftExit,
  errorExit,
  exitCodes,
  exitFor,
  planExit,
} from '../../src/cli/exit-code.ts';
import type { Change, Plan } from '../../src/engine/change.ts';
import { driftOf } from '../../src/engine/drift.ts';
import type { ApplyResult } from '../../src/engine/outcome.ts';
import { driftText } from '../../src/views/drift.ts';
import { planText } from '../../src/views/plan-text.ts';
import { change, deferred, field, plan } from '../views/literal-plan.ts';

const inSync = change('kubernetes.namespace/same');
const pending = change('kubernetes.namespace/new', { actions: ['create'] });
const drifted = change('kubernetes.config-map/a/b', {
  actions: ['update'],
  fields: [field('data.x', 1, 2, { cause: 'drift' })],
});
const kept = change('kubernetes.secret/a/b', {
  fields: [
    { path: 'data.x', before: { secret: 'changed' }, after: { secret: 'unverifiable' }, cause: 'drift', kept: true },
  ],
});
const gone = change('kubernetes.secret/a/gone', { actions: ['create'], missing: true });
const forgotten = change('kubernetes.secret/a/old', { actions: ['forget'] });
const behindGate = deferred('vault.mount/secret');
const blind = change('vault.policy/a', { standing: { is: 'blind', because: 'sealed' } });
const blocked = change('vault.policy/b', { standing: { is: 'blocked', because: '403', root: true } });
const error = { errored: true, diagnostics: [{ severity: 'error', code: 'DENIED', message: '403' }] } as const;
const guarded = {
  errored: true,
  diagnostics: [{ severity: 'error', code: 'GUARD', message: 'another Vault' }],
} as const;
const both = { errored: true, diagnostics: [...guarded.diagnostics, ...error.diagnostics] } as const;
const lost = { systems: [{ provider: 'vault', description: 'vault', lost: 'sealed' }] } as const;

const cases: readonly (readonly [string, readonly Change[], Partial<Plan>, number, readonly Condition[]])[] = [
  ['nothing to do', [inSync], {}, 0, []],
  ['only a record to forget', [inSync, forgotten], {}, 0, []],
  ['something to create', [inSync, pending], {}, 2, ['pending']],
  ['a field that somebody else changed', [drifted], {}, 3, ['drift']],
  ['a value that somebody else changed and that is kept', [kept], {}, 3, ['drift']],
  ['an object that is gone', [gone], {}, 3, ['drift']],
  ['a system that was lost', [blind], lost, 3, ['drift', 'incomplete']],
  ['something behind a gate', [inSync, behindGate], {}, 4, ['incomplete']],
  ['something behind a gate and something to create', [pending, behindGate], {}, 4, ['incomplete', 'pending']],
  ['something that could not be looked at', [blind], {}, 4, ['incomplete']],
  ['drift, a gate and something to create', [drifted, pending, behindGate], {}, 3, ['drift', 'incomplete', 'pending']],
  [
    'an error and all of these',
    [drifted, pending, behindGate, blocked],
    error,
    1,
    ['error', 'drift', 'incomplete', 'pending'],
  ],
  ['what lab refuses', [pending, blocked], guarded, 5, ['refused', 'incomplete', 'pending']],
  ['what lab refuses, and an error beside it', [inSync, blocked], both, 1, ['error', 'refused', 'incomplete']],
];

describe('exit codes', () => {
  test.each(cases)('of plan --detailed-exitcode and drift agree: %s', (_, changes, given, code, conditions) => {
    const made = plan(changes, given);
    expect(planExit(made, { detailed: true, allowDeferred: [] })).toEqual({ code, conditions });
    expect(driftExit(driftOf(made), new Set())).toEqual({ code, conditions });
  });

  test.each(cases)(
    'of a plain plan are 0, or what failed, and the conditions are told all the same: %s',
    (_, changes, given, code, conditions) => {
      const exit = planExit(plan(changes, given), { detailed: false, allowDeferred: [] });
      expect(exit).toEqual({ code: code === 1 || code === 5 ? code : 0, conditions });
    },
  );

  test('a gate that may stay shut makes nothing incomplete, another one does', () => {
    const made = plan([inSync, behindGate]);
    const drift = (gates: readonly string[]) => driftExit(driftOf(made), allowedAddresses(made, gates)).code;
    expect(planExit(made, { detailed: true, allowDeferred: ['vault.active'] }).code).toBe(0);
    expect(planExit(made, { detailed: true, allowDeferred: ['vault'] }).code).toBe(4);
    expect(drift(['vault.active'])).toBe(0);
    expect(drift(['vault'])).toBe(4);
  });

  test('a gate that may stay shut excuses nothing that is blind or blocked', () => {
    expect(planExit(plan([blind]), { detailed: true, allowDeferred: ['vault.active'] }).code).toBe(4);
    expect(planExit(plan([blocked]), { detailed: true, allowDeferred: ['vault.active'] }).code).toBe(4);
  });

  test('the screen says "No changes" exactly when the code is 0', async () => {
    const someChanges = fc.subarray([inSync, forgotten, pending, drifted, kept, gone, behindGate, blind, blocked]);
    await fc.assert(
      fc.asyncProperty(someChanges, fc.constantFrom({}, error, guarded, lost), async (changes, given) => {
        const made = plan(changes, given);
        const report = driftOf(made);
        const { code } = planExit(made, { detailed: true, allowDeferred: [] });
        expect((await planText(made, { detail: 'differences' })).includes('No changes')).toBe(code === 0);
        expect((await driftText(report)).includes('No changes')).toBe(driftExit(report, new Set()).code === 0);
      }),
    );
  });
});

const result = (given: Partial<ApplyResult>): ApplyResult => ({
  formatVersion: 1,
  done: [],
  unchanged: [],
  failed: [],
  skipped: [],
  deferred: [],
  refused: [],
  diagnostics: [],
  cancelled: false,
  writes: 0,
  ms: 0,
  waitedMs: 0,
  ...given,
});

describe('the exit code of apply', () => {
  const none: ReadonlySet<string> = new Set();
  const left = [{ address: 'vault.mount/secret', because: 'not there' }];
  test.each<[string, Partial<ApplyResult>, ReadonlySet<string>, ReadonlySet<string>, number]>([
    ['all done', { done: ['a/1'] }, none, none, 0],
    ['one failed', { failed: ['a/1'], deferred: left }, none, none, 1],
    ['one that lab refused', { failed: ['a/1'], diagnostics: guarded.diagnostics }, none, none, 5],
    ['one that lab refused, and one that failed', { failed: ['a/1', 'a/2'], ...both }, none, none, 1],
    ['an error that hangs on no address', { diagnostics: error.diagnostics }, none, none, 1],
    ['a warning is none', { diagnostics: [{ severity: 'warning', code: 'KEPT', message: 'kept' }] }, none, none, 0],
    ['left behind a gate', { deferred: left }, none, none, 4],
    ['left behind a gate that may stay shut', { deferred: left }, none, new Set(['vault.mount/secret']), 0],
    ['outside the approval', { refused: left, deferred: left }, none, none, 5],
    ['the saved plan no longer fits', { refused: left }, new Set(['vault.mount/secret']), none, 6],
    ['stopped', { cancelled: true, deferred: left }, none, none, 8],
    ['stopped after a failure', { cancelled: true, failed: ['a/1'] }, none, none, 1],
  ])('%s', (_, given, stale, allowed, code) => {
    expect(applyExit(result(given), { stale, allowed }).code).toBe(code);
  });
});

describe('when several conditions hold', () => {
  test('the first of 1, 5, 6, 7, 8, 3, 4, 2 is the code, and all are told', () => {
    const order = [1, 5, 6, 7, 8, 3, 4, 2];
    const names = Object.keys(exitCodes).filter((name): name is Condition => name in exitCodes);
    fc.assert(
      fc.property(fc.subarray(names, { minLength: 1 }), (holding) => {
        const exit = exitFor(Object.fromEntries(holding.map((name) => [name, true])));
        const codes = holding.map((name) => exitCodes[name]);
        expect(exit.code).toBe(order.find((code) => codes.some((held) => held === code)));
        expect(exit.conditions.toSorted()).toEqual(holding.toSorted());
      }),
    );
  });

  test('errors have the code of their kind', () => {
    expect(errorExit('GUARD').code).toBe(5);
    expect(errorExit('STALE').code).toBe(6);
    expect(errorExit('LOCKED').code).toBe(7);
    expect(errorExit('CANCELLED').code).toBe(8);
    expect(errorExit('BAD_MANIFEST').code).toBe(1);
  });
});
