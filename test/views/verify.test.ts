import { describe, expect, test } from 'vitest';
import { verifyExit } from '../../src/cli/exit-code.ts';
import type { VerifyReport } from '../../src/engine/verify.ts';
import { verifyJson, verifyText } from '../../src/views/verify.ts';

const proven = { address: 'vault.policy/a', probes: [{ is: 'proven', check: 'logs in' }] } as const;
const failed = {
  address: 'vault.policy/b',
  probes: [{ is: 'failed', check: 'reads', expected: '200', found: '403\n\u{1b}[2J', next: 'Grant it.' }],
} as const;
const untried = {
  address: 'vault.policy/c',
  probes: [{ is: 'untried', check: 'connects', because: 'the database is not reachable from here' }],
} as const;
const deferred = { address: 'vault.mount/x', because: 'sealed', gate: 'vault.active' };

const report = (given: Partial<VerifyReport> = {}): VerifyReport => ({
  formatVersion: 1,
  owner: { name: 'illm-k8s-lab', environment: 'kind' },
  verified: [proven],
  unchecked: [],
  diagnostics: [],
  ...given,
});

describe('the verify report', () => {
  test('has what failed first, with what was expected and found, and what is proven last', () => {
    const made = report({ verified: [proven, failed, untried], unchecked: [deferred, { ...deferred, address: 'y' }] });
    expect(verifyText(made, 'Next: lab plan')).toMatchInlineSnapshot(`
      "illm-k8s-lab · env kind
      1 failed, 1 not tried, 2 resources not checked, 1 proven.

      failed
        ✗ vault.policy/b  reads
            expected  200
            found     403 \\u{1b}[2J
            Grant it.

      not tried
        ? vault.policy/c  connects: the database is not reachable from here

      not checked
        ? 2 resources: sealed

      proven
        ✓ vault.policy/a  logs in

      1 failed, 1 not tried, 2 resources not checked, 1 proven.
      Next: lab plan"
    `);
  });

  test('of nothing but proofs is short', () => {
    expect(verifyText(report())).toMatchInlineSnapshot(`
      "illm-k8s-lab · env kind
      1 proven.

      proven
        ✓ vault.policy/a  logs in

      1 proven."
    `);
  });

  test('is the same as JSON, beside the exit', () => {
    expect(verifyJson(report(), { code: 0, conditions: [] })).toEqual({
      ...report(),
      exit: { code: 0, conditions: [] },
    });
  });
});

test.each<[string, Partial<VerifyReport>, readonly string[], number]>([
  ['all proven', {}, [], 0],
  ['a failed probe', { verified: [proven, failed] }, [], 1],
  ['a failed probe beside what was not tried', { verified: [failed, untried] }, [], 1],
  ['what was not tried', { verified: [untried] }, [], 4],
  ['what stands behind a gate', { unchecked: [deferred] }, [], 4],
  ['what stands behind a gate that may stay shut', { unchecked: [deferred] }, ['vault.active'], 0],
  ['what differs, whatever may stay shut', { unchecked: [{ address: 'a', because: 'x' }] }, ['vault.active'], 4],
  ['an error', { diagnostics: [{ severity: 'error', code: 'DENIED', message: '403' }] }, [], 1],
  ['what lab refuses', { diagnostics: [{ severity: 'error', code: 'GUARD', message: 'another' }] }, [], 5],
])('the exit of verify with %s', (_, given, allowed, code) => {
  expect(verifyExit(report(given), allowed).code).toBe(code);
});
