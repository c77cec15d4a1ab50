import { expect, test } from 'vitest';
import { planJson } from '../../src/views/plan-json.ts';
import { change, deferred, field, plan } from './literal-plan.ts';

const exit = { code: 4, conditions: ['incomplete', 'pending'] };

test('the JSON of a plan is one document with tagged values, and standings among the actions', () => {
  const document = planJson(
    plan([
      change('kubernetes.secret/a/b', { actions: ['update'], fields: [field('type', 'Opaque', 'kubernetes.io/tls')] }),
      deferred('vault.mount/secret', 'Vault is not there'),
    ]),
    exit,
  );
  expect(document).toMatchInlineSnapshot(`
    {
      "applyable": true,
      "changes": [
        {
          "actions": [
            "update",
          ],
          "address": "kubernetes.secret/a/b",
          "dependsOn": [],
          "fields": [
            {
              "after": {
                "known": "kubernetes.io/tls",
              },
              "before": {
                "known": "Opaque",
              },
              "cause": "pending",
              "path": "type",
            },
          ],
          "identity": "scope-1/kubernetes.secret/a/b",
          "kind": "kubernetes.secret",
          "notes": [],
          "ownership": "owned",
          "phase": "bootstrap",
        },
        {
          "actions": [
            "deferred",
          ],
          "address": "vault.mount/secret",
          "deferred": {
            "gate": "vault.active",
            "reason": "Vault is not there",
          },
          "dependsOn": [],
          "fields": [],
          "identity": "scope-1/vault.mount/secret",
          "kind": "vault.mount",
          "notes": [],
          "ownership": "owned",
          "phase": "production",
        },
      ],
      "complete": false,
      "diagnostics": [],
      "errored": false,
      "exit": {
        "code": 4,
        "conditions": [
          "incomplete",
          "pending",
        ],
      },
      "formatVersion": 1,
      "mode": "apply",
      "owner": {
        "environment": "kind",
        "name": "illm-k8s-lab",
      },
      "scopes": [
        {
          "description": "cluster kind-lab, uid 3f0c",
          "provider": "kubernetes",
          "scope": "3f0c",
        },
        {
          "description": "vault: waiting for https://vault.test, not deployed yet",
          "provider": "vault",
        },
      ],
      "serial": 7,
      "summary": {
        "adopt": 0,
        "blind": 0,
        "blocked": 0,
        "create": 0,
        "deferred": 1,
        "delete": 0,
        "drifted": 0,
        "move": 0,
        "none": 0,
        "replace": 0,
        "update": 1,
      },
      "toolVersion": "0.1.0",
    }
  `);
});

test('what is blocked or blind says why, and no action is claimed for it', () => {
  const [blocked, blind] = planJson(
    plan([
      change('kubernetes.secret/a/b', {
        actions: ['update'],
        standing: { is: 'blocked', because: 'it belongs to x/y/z', root: true },
      }),
      change('vault.mount/secret', { standing: { is: 'blind', because: 'Vault is sealed' } }),
    ]),
    exit,
  ).changes;
  expect(blocked).toMatchObject({ actions: ['blocked'], blocked: { reason: 'it belongs to x/y/z', root: true } });
  expect(blind).toMatchObject({ actions: ['blind'], blind: { reason: 'Vault is sealed' } });
});
