import { describe, expect, test } from 'vitest';
import type { ApplyResult } from '../../src/engine/outcome.ts';
import { applyText } from '../../src/views/apply.ts';

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
  ms: 19_800,
  waitedMs: 14_200,
  ...given,
});

describe('the summary of an apply', () => {
  test('says how much was done, how long it took and what to type next', () => {
    const text = applyText(result({ done: ['a/1', 'a/2'], unchanged: ['a/3'] }), 'Applied', 'Next: lab drift');
    expect(text).toMatchInlineSnapshot(`
      "Applied 2 of 2 in 19.8 s (14.2 s waiting for servers). 1 in sync already.
      Next: lab drift"
    `);
  });

  test('says that there was nothing to do', () => {
    expect(applyText(result({ unchanged: ['a/1', 'a/2'] }), 'Applied')).toMatchInlineSnapshot(
      `"Nothing to do: 2 resources in sync."`,
    );
  });

  test('prints a root cause once and counts what was skipped because of it', () => {
    const text = applyText(
      result({
        done: ['a/1'],
        failed: ['external-secrets.external-secret/a/b'],
        skipped: ['a/2', 'a/3'],
        diagnostics: [
          {
            severity: 'error',
            code: 'NOT_SETTLED',
            message: 'did not sync (waited 60 s)\nStore azure answers, the key x does not exist there.',
            address: 'external-secrets.external-secret/a/b',
            at: 'lab.yaml:41:13',
            next: 'Create the key, then lab apply again.',
          },
        ],
      }),
      'Applied',
    );
    expect(text).toMatchInlineSnapshot(`
      "lab.yaml:41:13  external-secrets.external-secret/a/b
        did not sync (waited 60 s)
        Store azure answers, the key x does not exist there.
        Next: Create the key, then lab apply again.
      Applied 1 of 4 in 19.8 s (14.2 s waiting for servers). 1 failed.
      2 skipped, because they need what failed."
    `);
  });

  test('groups what is deferred by its reason and names what was not approved', () => {
    const text = applyText(
      result({
        done: ['a/1'],
        deferred: [
          { address: 'vault.mount/secret', because: 'Vault is not there' },
          { address: 'vault.policy/a', because: 'Vault is not there' },
        ],
        refused: [{ address: 'a/9', because: 'it has changed since the plan was made' }],
      }),
      'Applied',
    );
    expect(text).toMatchInlineSnapshot(`
      "Applied 1 of 4 in 19.8 s (14.2 s waiting for servers).
      2 deferred: Vault is not there
      a/9 not approved: it has changed since the plan was made"
    `);
  });

  test('says when it was stopped', () => {
    expect(applyText(result({ done: ['a/1'], skipped: ['a/2'], cancelled: true }), 'Destroyed')).toMatchInlineSnapshot(`
      "Stopped after 19.8 s (14.2 s waiting for servers): destroyed 1.
      1 skipped, because they need what failed."
    `);
  });
});
