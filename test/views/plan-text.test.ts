import { describe, expect, test } from 'vitest';
import { summaryText } from '../../src/views/plan-summary.ts';
import { planText } from '../../src/views/plan-text.ts';
import { change, deferred, field, plan } from './literal-plan.ts';

const differences = { detail: 'differences' } as const;

describe('the text of a plan', () => {
  test('has the answer first and last, phases, one line a resource and the next command', async () => {
    const text = await planText(
      plan([
        change('kubernetes.namespace/crossplane-system', { actions: ['create'] }),
        change('kubernetes.secret/crossplane-system/azure', {
          actions: ['create'],
          notes: ['value from env AZURE_CREDENTIALS'],
          fields: [
            { path: 'data.credentials', before: { absent: true }, after: { secret: 'changed' }, cause: 'pending' },
          ],
        }),
        change('kubernetes.service-account/external-secrets/external-secrets', {
          actions: ['update'],
          ownership: 'contributed',
          fields: [
            {
              path: 'annotations["azure.workload.identity/client-id"]',
              before: { known: '8d0c41' },
              after: { unknown: 'azure.managed-identity/eso-kind#clientId' },
              cause: 'pending',
            },
          ],
        }),
        change('kubernetes.config-map/kube-public/ca', { ownership: 'expected' }),
        deferred('vault.mount/secret'),
        deferred('vault.policy/external-secrets'),
      ]),
      { ...differences, next: 'Next: lab apply -e kind' },
    );
    expect(text).toMatchInlineSnapshot(`
      "illm-k8s-lab · env kind · cluster kind-lab, uid 3f0c · vault: waiting for https://vault.test, not deployed yet · state serial 7
      2 to create, 1 to change, 2 deferred until vault.active opens

      bootstrap
        + kubernetes.namespace/crossplane-system
        + kubernetes.secret/crossplane-system/azure                     value from env AZURE_CREDENTIALS
        ~ kubernetes.service-account/external-secrets/external-secrets  contributes 1 field
            annotations["azure.workload.identity/client-id"]  8d0c41 → (known after apply: azure.managed-identity/eso-kind#clientId)

      production
        > vault.mount/secret                                            deferred until vault.active
        > vault.policy/external-secrets                                 deferred until vault.active

      vault.active: https://vault.test does not answer, and this manifest does not deploy it
      Approving this also approves, once vault.active opens: create or use the 2 resources marked >. Anything else among them stops for approval.

      2 to create, 1 to change, 2 deferred until vault.active opens.
      Next: lab apply -e kind"
    `);
  });

  test('marks what cannot be taken back', async () => {
    const text = await planText(
      plan([change('vault.mount/secret', { actions: ['update'], irreversible: 'version 2 is for ever' })]),
      { ...differences, next: '' },
    );
    expect(text).toContain('ONE-WAY: version 2 is for ever');
  });

  test('shows every field of what is created where an approval rests on it', async () => {
    const created = change('vault.policy/external-secrets', {
      actions: ['create'],
      fields: [
        {
          path: 'paths["secret/data/*"]',
          before: { absent: true },
          after: { known: ['read', 'list'] },
          cause: 'pending',
        },
        { path: 'hcl', before: { absent: true }, after: { known: 'path "a" {\n}' }, cause: 'pending' },
        { path: 'token', before: { absent: true }, after: { secret: 'changed' }, cause: 'pending' },
      ],
    });
    expect(await planText(plan([created]), { detail: 'everything' })).toMatchInlineSnapshot(`
      "illm-k8s-lab · env kind · cluster kind-lab, uid 3f0c · vault: waiting for https://vault.test, not deployed yet · state serial 7
      1 to create

      production
        + vault.policy/external-secrets
            paths["secret/data/*"]  ["read","list"]
            hcl                     "path \\"a\\" {\\n}"
            token                   (secret)

      1 to create."
    `);
  });

  test('tells who changed a value, and what happens to values that nobody may see', async () => {
    const updated = change('vault.kubernetes-auth-role/kubernetes/eso', {
      actions: ['update'],
      fields: [
        field('ttl', 3600, 1200),
        field('audience', 'vault', 'https://vault', { cause: 'drift' }),
        field('maxTtl', 60, 7200, { cause: 'both' }),
        { path: 'period', before: { known: 5 }, after: { absent: true }, cause: 'pending' },
        { path: 'reviewerJwt', before: { secret: 'changed' }, after: { secret: 'changed' }, cause: 'pending' },
        { path: 'other', before: { secret: 'changed' }, after: { secret: 'unverifiable' }, cause: 'drift', kept: true },
      ],
    });
    expect(await planText(plan([updated]), differences)).toMatchInlineSnapshot(`
      "illm-k8s-lab · env kind · cluster kind-lab, uid 3f0c · vault: waiting for https://vault.test, not deployed yet · state serial 7
      1 to change

      production
        ~ vault.kubernetes-auth-role/kubernetes/eso
            ttl          3600 → 1200
            audience     vault → https://vault   changed by somebody else
            maxTtl       60 → 7200   changed by somebody else and in the manifest
            period       5 → (unset)
            reviewerJwt  (secret, changed)
            other        (secret, changed by somebody else, kept)

      1 to change."
    `);
  });

  test('gives the reason beside every action that is not plain', async () => {
    const text = await planText(
      plan([
        change('vault.mount/old', { actions: ['delete'], protect: 'all secrets in it' }),
        change('vault.mount/kv', {
          actions: ['replace'],
          protect: 'all secrets in it',
          fields: [field('type', 'kv', 'kv-v2')],
        }),
        change('kubernetes.secret/a/new-name', {
          actions: ['move', 'update'],
          previousAddress: 'kubernetes.secret/a/old',
          fields: [field('type', 'Opaque', 'kubernetes.io/tls')],
        }),
        change('kubernetes.secret/a/renamed', { actions: ['move'], previousAddress: 'kubernetes.secret/a/before' }),
        change('kubernetes.secret/a/theirs', { actions: ['adopt', 'update'], fields: [field('type', 'a', 'b')] }),
        change('kubernetes.secret/a/gone', { actions: ['create'], missing: true }),
        change('kubernetes.namespace/shared', { actions: ['release'], ownership: 'contributed' }),
        change('kubernetes.secret/a/away', { actions: ['forget'], notes: ['gone already'] }),
      ]),
      differences,
    );
    expect(text).toMatchInlineSnapshot(`
      "illm-k8s-lab · env kind · cluster kind-lab, uid 3f0c · vault: waiting for https://vault.test, not deployed yet · state serial 7
      1 to create, 3 to change, 1 to replace, 1 to delete, 2 to move, 1 to adopt, 1 to forget

      bootstrap
        ~ kubernetes.secret/a/new-name  moved from kubernetes.secret/a/old
            type  Opaque → kubernetes.io/tls
        → kubernetes.secret/a/renamed   moved from kubernetes.secret/a/before
        * kubernetes.secret/a/theirs    taken over whole
            type  a → b
        + kubernetes.secret/a/gone      is gone, though lab made it
        < kubernetes.namespace/shared   gives back the fields that lab set
        x kubernetes.secret/a/away      only forgotten, gone already

      production
        - vault.mount/old               LOSES DATA: all secrets in it
        ± vault.mount/kv                deleted and made again, LOSES DATA: all secrets in it
            type  kv → kv-v2

      1 to create, 3 to change, 1 to replace, 1 to delete, 2 to move, 1 to adopt, 1 to forget."
    `);
  });

  test('marks what is blocked or blind, and names a system that was lost', async () => {
    const text = await planText(
      plan(
        [
          change('kubernetes.secret/a/b', {
            standing: { is: 'blocked', because: 'it belongs to other/env/1234', root: true },
          }),
          change('external-secrets.external-secret/a/b', {
            standing: { is: 'blocked', because: 'needs kubernetes.secret/a/b', root: false },
          }),
          change('vault.mount/secret', { standing: { is: 'blind', because: 'Vault is sealed' } }),
        ],
        {
          systems: [{ provider: 'vault', description: 'vault https://vault.test', lost: 'Vault is sealed' }],
          errored: true,
        },
      ),
      differences,
    );
    expect(text).toMatchInlineSnapshot(`
      "illm-k8s-lab · env kind · vault https://vault.test · state serial 7
      ! vault  LOST: Vault is sealed
      2 blocked, 1 not checked

      bootstrap
        ! kubernetes.secret/a/b                 it belongs to other/env/1234
        ! external-secrets.external-secret/a/b  needs kubernetes.secret/a/b

      production
        ? vault.mount/secret                    not checked: Vault is sealed

      2 blocked, 1 not checked."
    `);
  });

  test('says "No changes" and nothing else when everything is in sync', async () => {
    expect(
      await planText(plan([change('vault.mount/secret'), change('vault.policy/a')]), differences),
    ).toMatchInlineSnapshot(`
      "illm-k8s-lab · env kind · cluster kind-lab, uid 3f0c · vault: waiting for https://vault.test, not deployed yet · state serial 7
      No changes: 2 resources in sync"
    `);
  });

  test('says what is only forgotten, be all else in sync or not', () => {
    const gone = change('vault.policy/a', { actions: ['forget'], notes: ['no longer carries our mark'] });
    expect(summaryText(plan([change('vault.mount/secret'), gone]))).toBe(
      "No changes but to lab's own records: 1 resource in sync, 1 to forget",
    );
    expect(summaryText(plan([{ ...gone, missing: true }]))).toBe('1 to forget');
  });

  test('says so when there is no state', async () => {
    const { serial: _, ...stateless } = plan([]);
    expect((await planText(stateless, differences)).split('\n')[0]).toContain('no state');
  });

  test('tells several gates apart', async () => {
    const text = await planText(
      plan([
        deferred('vault.mount/secret'),
        change('external-secrets.external-secret/a/b', {
          standing: {
            is: 'deferred',
            gate: 'external-secrets.crd/externalsecrets.external-secrets.io',
            because: 'opens when kubernetes.object/eso is applied',
          },
        }),
      ]),
      differences,
    );
    expect(text).toContain('2 deferred until 2 gates open');
    expect(text).toContain(
      'external-secrets.crd/externalsecrets.external-secrets.io: opens when kubernetes.object/eso is applied',
    );
    expect(text).toContain('vault.active: https://vault.test does not answer');
  });

  test('gives a terminal nothing to obey', async () => {
    const hostile = change('kubernetes.secret/a/b', {
      actions: ['update'],
      notes: ['\u001b[2J\u001b[Hall clear'],
      fields: [{ path: 'x', before: { known: 'a\u009b31m' }, after: { known: '\u202egnp' }, cause: 'pending' }],
      standing: { is: 'planned' },
    });
    const blocked = change('kubernetes.secret/a/c', {
      standing: { is: 'blocked', because: 'line one\nline two\u001b]0;x\u0007', root: true },
    });
    const text = await planText(plan([hostile, blocked]), differences);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(text).toContain('line one line two');
  });
});
