import { describe, expect, test } from 'vitest';
import type { Change } from '../../src/engine/change.ts';
import { type Explanation, explainText } from '../../src/views/explain.ts';
import { change, deferred, field } from './literal-plan.ts';

const address = 'vault.policy/external-secrets';

const known = (part: Change | undefined, given: Partial<Explanation> = {}): Explanation => ({
  address,
  kind: 'vault.policy',
  wanted: { ownership: 'owned', phase: 'production', at: 'lab.yaml:45:5', path: 'vault.policies.external-secrets' },
  recorded: { ownership: 'owned', status: 'done' },
  needs: [],
  neededBy: ['vault.kubernetes-auth-role/kubernetes/eso', 'vault.kubernetes-auth-role/kubernetes/other'],
  gates: ['vault.active'],
  opens: [],
  ...(part === undefined ? {} : { change: part }),
  ...given,
});

describe('an explanation', () => {
  test('says what it is, where it is written, who needs it, and what would change and by whose hand', async () => {
    const updated = change(address, {
      actions: ['update'],
      fields: [
        field('ttl', 3600, 1200),
        field('audience', 'a', 'b', { cause: 'drift' }),
        { path: 'token', before: { secret: 'changed' }, after: { secret: 'changed' }, cause: 'pending' },
      ],
    });
    expect(await explainText(known(updated), 'Next: lab plan')).toMatchInlineSnapshot(`
      "vault.policy/external-secrets
        what         vault.policy, owned by lab, production
        written at   lab.yaml:45:5  vault.policies.external-secrets
        identity     scope-1/vault.policy/external-secrets
        state        owned
        needed by    vault.kubernetes-auth-role/kubernetes/eso
                     vault.kubernetes-auth-role/kubernetes/other
        behind gate  vault.active

      ~ to change: the manifest asks for something else than was applied, somebody else changed it
            ttl       3600 → 1200   changed in the manifest
            audience  a → b   changed by somebody else
            token     (secret, changed)   changed in the manifest
      Next: lab plan"
    `);
  });

  test.each<[string, Change]>([
    ['what is created', change(address, { actions: ['create'] })],
    ['what is gone', change(address, { actions: ['create'], missing: true })],
    ['what is in sync', change(address)],
    ['what is deferred', deferred(address, 'Vault is not there')],
    ['what is blocked', change(address, { standing: { is: 'blocked', because: '403', root: true } })],
    ['what is blind', change(address, { standing: { is: 'blind', because: 'Vault is sealed' } })],
    ['what is not ours', change(address, { ownership: 'used', notes: ['used as it is, not owned'] })],
    [
      'what nobody can attribute',
      change(address, { actions: ['update'], fields: [field('a', 1, 2, { cause: 'unattributed' })] }),
    ],
  ])('has one line for %s', async (_, part) => {
    const lines = (await explainText(known(part), 'Next: lab plan')).split('\n');
    expect(lines[lines.indexOf('') + 1]).toMatchSnapshot();
  });

  test('says so of what no manifest line asks for', async () => {
    const { wanted: _, ...orphan } = known(change(address, { actions: ['delete'] }));
    expect(await explainText(orphan, 'Next: lab plan')).toContain('nowhere: only the state knows it');
  });
});
