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
      "lab.yaml:41:13
        stores.kv.type: "azur" is not one of azure, aws.
        Next: Did you mean azure?"
    `);
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
