import { describe, expect, test } from 'vitest';
import { bugReport, failureOf, manifestErrors } from '../../src/cli/problems.ts';
import type { Diagnostic } from '../../src/engine/change.ts';
import { LabError } from '../../src/errors.ts';

const complaint = (message: string, at: string): Diagnostic => ({
  severity: 'error',
  code: 'BAD_MANIFEST',
  message,
  at,
});

describe('complaints about a manifest', () => {
  test('are one error when there is one', () => {
    const failure = failureOf(manifestErrors([complaint('name is missing', 'lab.yaml:1:1')]));
    expect(failure?.error).toMatchObject({ message: 'name is missing', detail: { at: 'lab.yaml:1:1' } });
    expect(failure?.parts).toEqual([]);
  });

  test('are counted and all kept when there are several; warnings are none', () => {
    const failure = failureOf(
      manifestErrors([
        complaint('name is missing', 'lab.yaml:1:1'),
        { ...complaint('old spelling', 'lab.yaml:2:1'), severity: 'warning' },
        complaint('unknown key', 'lab.yaml:3:1'),
      ]),
    );
    expect(failure?.error.message).toBe('the manifest has 2 problems');
    expect(failure?.parts.map(({ at }) => at)).toEqual(['lab.yaml:1:1', 'lab.yaml:3:1']);
  });
});

describe('a bug', () => {
  test('is everything but our own errors, several errors at once included', () => {
    expect(failureOf(new TypeError('x is not a function'))).toBeUndefined();
    expect(failureOf(new AggregateError([new Error('ECONNREFUSED')]))).toBeUndefined();
    expect(failureOf(new LabError('DENIED', '403'))?.error.code).toBe('DENIED');
  });

  test('is told by class and place, with a message only where that is the language speaking', () => {
    expect(bugReport(new TypeError('x is not a function'))).toMatch(/^TypeError: x is not a function\n\s+at /);
  });

  test('never quotes what a parser or an SDK was given', () => {
    const quoting = Object.assign(new Error('403 for hvs.secret-token\nX-Vault-Token: hvs.secret-token'), {
      body: 'hvs.secret-token',
    });
    expect(bugReport(quoting)).not.toContain('secret');
    expect(bugReport(quoting)).toMatch(/^Error\n\s+at /);
    try {
      JSON.parse('hunter2 is no JSON');
    } catch (error) {
      expect(bugReport(error)).not.toContain('hunter2');
    }
    expect(bugReport('hunter2')).not.toContain('hunter2');
  });
});
