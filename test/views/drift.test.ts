import { describe, expect, test } from 'vitest';
import { driftOf } from '../../src/engine/drift.ts';
import { driftJson, driftText } from '../../src/views/drift.ts';
import { change, deferred, field, plan } from './literal-plan.ts';

const sealed = 'pod vault-0 sealed 0/3';

const report = driftOf(
  plan(
    [
      change('kubernetes.secret/a/gone', { actions: ['create'], missing: true }),
      change('kubernetes.config-map/a/edited', {
        actions: ['update'],
        fields: [field('data.replicas', 5, 3, { cause: 'drift' }), field('data.region', 'a', 'b')],
      }),
      change('kubernetes.secret/a/kept', {
        fields: [
          {
            path: 'data.password',
            before: { secret: 'changed' },
            after: { secret: 'unverifiable' },
            cause: 'drift',
            kept: true,
          },
        ],
      }),
      change('kubernetes.namespace/new', { actions: ['create'] }),
      change('kubernetes.namespace/labelled', { actions: ['update'], fields: [field('labels.team', 'a', 'b')] }),
      change('kubernetes.namespace/same'),
      change('vault.mount/secret', { standing: { is: 'blind', because: sealed } }),
      change('vault.policy/a', { standing: { is: 'blind', because: sealed } }),
      deferred('external-secrets.external-secret/a/b', 'the CRD is not installed'),
    ],
    { systems: [{ provider: 'vault', description: 'vault https://vault.test', lost: sealed }] },
  ),
);

describe('the drift report', () => {
  test('has lost systems first, then drift told apart from what is not applied yet, then what was not checked', async () => {
    expect(await driftText(report, 'Next: lab plan -e kind')).toMatchInlineSnapshot(`
      "illm-k8s-lab · env kind
      vault lost, 3 drifted, 3 pending, 2 not checked, 1 deferred, 1 resource in sync.
      vault  LOST (was in service at the last apply): pod vault-0 sealed 0/3

      drifted: changed by somebody else
        - kubernetes.secret/a/gone  is gone
        ~ kubernetes.config-map/a/edited
            data.replicas  live 5, wanted 3
        ~ kubernetes.secret/a/kept
            data.password  (secret, changed)

      pending: in the manifest, not applied yet
        ~ kubernetes.config-map/a/edited
            data.region  a → b
        + kubernetes.namespace/new
        ~ kubernetes.namespace/labelled
            labels.team  a → b

      not checked (blind)
        ? 2 resources: pod vault-0 sealed 0/3

      deferred
        > external-secrets.external-secret/a/b  the CRD is not installed

      vault lost, 3 drifted, 3 pending, 2 not checked, 1 deferred, 1 resource in sync.
      Next: lab plan -e kind"
    `);
  });

  test('says "No changes" when all is in sync', async () => {
    expect(await driftText(driftOf(plan([change('kubernetes.namespace/same')])))).toMatchInlineSnapshot(`
      "illm-k8s-lab · env kind
      No changes: 1 resource in sync."
    `);
  });

  test('is not quiet about what could not be looked at', async () => {
    const text = await driftText(
      driftOf(plan([change('vault.mount/secret', { standing: { is: 'blocked', because: '403', root: true } })])),
    );
    expect(text).toContain('No drift seen, 1 blocked');
    expect(text).not.toContain('No changes');
  });

  test('is one JSON document with the same parts', async () => {
    const document = driftJson(report, { code: 3, conditions: ['drift'] });
    expect(Object.keys(document).toSorted()).toMatchInlineSnapshot(`
      [
        "blind",
        "blocked",
        "deferred",
        "diagnostics",
        "drifted",
        "exit",
        "extra",
        "formatOnly",
        "formatVersion",
        "inSync",
        "lost",
        "owner",
        "pending",
        "unmanaged",
        "unverifiable",
      ]
    `);
    expect(document.drifted.map(({ address }) => address)).toEqual([
      'kubernetes.secret/a/gone',
      'kubernetes.config-map/a/edited',
      'kubernetes.secret/a/kept',
    ]);
    expect(document.blind).toHaveLength(2);
  });

  test('tells what is extra, only written otherwise, not to be verified, and of others', async () => {
    const others = Array.from({ length: 12 }, (_, index) => `vault.policy/other-${String(index).padStart(2, '0')}`);
    const told = driftOf(
      plan([
        change('vault.policy/a', { reformatted: ['hcl'] }),
        change('vault.kubernetes-auth-config/k', { unverifiable: ['reviewerJwt'] }),
      ]),
      { extra: ['vault.mount/old'], unmanaged: others },
    );
    const text = await driftText(told);
    expect(text).toContain('No changes: 2 resources in sync.');
    expect(text).toContain(
      [
        'extra: ours by its mark, and neither in the manifest nor in the state',
        '  = vault.mount/old',
        '',
        'format only: written by somebody else in another form, of the same meaning',
        '  = vault.policy/a  hcl',
        '',
        'cannot be verified: no server shows these fields; they are held against what lab wrote last',
        '  = vault.kubernetes-auth-config/k  reviewerJwt',
        '',
        'unmanaged: of others, in the same places',
        '  = vault.policy/other-00',
      ].join('\n'),
    );
    expect(text).toContain('  … and 2 more, all in --json');
    expect(driftJson(told, { code: 0, conditions: [] })).toMatchObject({
      extra: ['vault.mount/old'],
      formatOnly: [{ address: 'vault.policy/a', fields: ['hcl'] }],
      unmanaged: others,
    });
  });
});
