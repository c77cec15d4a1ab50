import { describe, expect, test } from 'vitest';
import { LabError } from '../../src/errors.ts';
import { errorJson, problemOf, problemText, shownOf } from '../../src/views/problem.ts';

describe('an error', () => {
  test('begins with the line that the user wrote', () => {
    const error = new LabError('BAD_MANIFEST', 'stores.kv.type: "azur" is not one of azure, aws.', {
      at: 'lab.yaml:41:13',
      next: 'Did you mean azure?',
    });
    expect(problemText(problemOf(error))).toMatchInlineSnapshot(`
      "lab.yaml:41:13  stores.kv.type
        "azur" is not one of azure, aws.
        Next: Did you mean azure?"
    `);
  });

  test('names a path with quoted keys in its first line, and leaves every other colon where it is', () => {
    const headOf = (message: string) =>
      problemText(problemOf(new LabError('BAD_MANIFEST', message, { at: 'lab.yaml:4:1' }))).split('\n');
    expect(headOf('secrets["demo/a b"].keys: must: be a map')).toEqual([
      'lab.yaml:4:1  secrets["demo/a b"].keys',
      '  must: be a map',
    ]);
    expect(headOf('this is no YAML: a tab')).toEqual(['lab.yaml:4:1', '  this is no YAML: a tab']);
  });

  test('without a place is still told apart from an answer', () => {
    expect(problemText(problemOf(new LabError('LOCKED', 'the state is locked')))).toBe('Error: the state is locked');
  });

  test('that is only a warning says so', () => {
    const warning = {
      severity: 'warning',
      code: 'KEPT',
      message: 'it holds other objects',
      address: 'kubernetes.namespace/a',
    } as const;
    expect(problemText(warning)).toMatchInlineSnapshot(`
      "kubernetes.namespace/a
        Warning: it holds other objects"
    `);
  });

  test('shows in JSON what it is meant to show and nothing else that hangs on it', () => {
    const error = Object.assign(new LabError('DENIED', '403'), {
      request: { headers: { 'X-Vault-Token': 'hvs.secret' } },
      cause: new Error('hvs.secret'),
    });
    const document = errorJson(shownOf(error), [], { code: 1, conditions: ['error'] });
    expect(document).toEqual({
      formatVersion: 1,
      exit: { code: 1, conditions: ['error'] },
      error: { code: 'DENIED', message: '403' },
      diagnostics: [],
    });
  });
});
