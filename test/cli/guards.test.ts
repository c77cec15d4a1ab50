import { describe, expect, test } from 'vitest';
import { guardDataLoss, guardDestroy, guardOneWay, guardSaved, guardWorld } from '../../src/cli/guards.ts';
import type { Plan } from '../../src/engine/change.ts';
import type { Expanded } from '../../src/manifest/expanded.ts';
import type { State } from '../../src/state/store.ts';
import { change, plan } from '../views/literal-plan.ts';

const manifest: Expanded = {
  name: 'illm-k8s-lab',
  environment: 'kind',
  folder: '.',
  resources: [],
  connections: {},
  connectionsAt: {},
  expects: {},
  needs: {},
  inputs: 'inputs',
  allowDestroy: false,
  state: { backend: 'local' },
  fingerprints: { in: 'file' },
  computed: new Map(),
  allowIrreversible: new Set(),
  diagnostics: [],
};

describe('destroy', () => {
  test('is refused unless the manifest allows it for this environment', () => {
    expect(() => guardDestroy(manifest)).toThrow(expect.objectContaining({ code: 'GUARD' }));
    expect(() => guardDestroy({ ...manifest, allowDestroy: true })).not.toThrow();
  });
});

describe('loss of data', () => {
  const losing = plan([
    change('vault.mount/secret', { actions: ['delete'], protect: 'all secrets in it' }),
    change('vault.mount/kv', { actions: ['replace'], protect: 'all secrets in it' }),
    change('vault.policy/a', { actions: ['delete'] }),
  ]);

  const allowing = { ...manifest, allowDestroy: true };

  test('is refused with the list of what would be lost', () => {
    expect(() => guardDataLoss(losing, allowing, false)).toThrow(/vault\.mount\/secret .*\n.*vault\.mount\/kv/);
    expect(() => guardDataLoss(losing, allowing, false)).not.toThrow(/vault\.policy/);
  });

  test('is allowed by its flag where the manifest allows it', () => {
    expect(() => guardDataLoss(losing, allowing, true)).not.toThrow();
  });

  test('is refused whatever the flags where the manifest does not allow it, and the error says so', () => {
    expect(() => guardDataLoss(losing, manifest, true)).toThrow(
      expect.objectContaining({
        code: 'GUARD',
        message: expect.stringContaining('illm-k8s-lab does not allow that in environment kind'),
        detail: { next: expect.stringContaining('allowDestroy: true') },
      }),
    );
  });

  test('does not come from changing what is protected', () => {
    const changing = plan([change('vault.mount/secret', { actions: ['update'], protect: 'all secrets in it' })]);
    expect(() => guardDataLoss(changing, manifest, false)).not.toThrow();
  });
});

describe('a step that cannot be taken back', () => {
  const oneWay = plan([
    change('vault.mount/secret', { actions: ['update'], irreversible: 'it becomes version 2 for ever' }),
    change('vault.mount/later', { standing: { is: 'deferred', gate: 'vault.active', because: '' }, irreversible: 'x' }),
  ]);

  test('is refused with what it does, before anybody is asked', () => {
    expect(() => guardOneWay(oneWay, manifest)).toThrow(
      expect.objectContaining({
        code: 'GUARD',
        message: 'this cannot be taken back:\nvault.mount/secret: it becomes version 2 for ever',
      }),
    );
  });

  test('is allowed by its address, and waits for its turn where it is deferred', () => {
    expect(() =>
      guardOneWay(oneWay, { ...manifest, computed: new Map(), allowIrreversible: new Set(['vault.mount/secret']) }),
    ).not.toThrow();
  });
});

describe('a plan of the sandbox', () => {
  const rehearsed = plan([], { world: 'sandbox' });

  test('is refused by a real run, and a real one by the sandbox', () => {
    expect(() => guardWorld(rehearsed, false)).toThrow(expect.objectContaining({ code: 'STALE' }));
    expect(() => guardWorld(plan([]), true)).toThrow(expect.objectContaining({ code: 'STALE' }));
  });

  test('fits the sandbox, as a real one fits the real systems', () => {
    expect(() => guardWorld(rehearsed, true)).not.toThrow();
    expect(() => guardWorld(plan([]), false)).not.toThrow();
  });
});

describe('a saved plan', () => {
  const state: State = { installation: '1a2b', serial: 7, records: [], systems: {}, usedPlans: ['used'], broken: [] };
  const fresh = plan([]);
  const check =
    (saved: Plan, digest = 'unused') =>
    () =>
      guardSaved(saved, { fresh, manifest, state, digest });

  test('fits the owner and the systems that it was made for', () => {
    expect(check(plan([]))).not.toThrow();
    expect(
      check(plan([], { owner: { name: 'illm-k8s-lab', environment: 'kind', installation: '1a2b' } })),
    ).not.toThrow();
  });

  test.each<[string, Plan, string]>([
    ['another environment', plan([], { owner: { name: 'illm-k8s-lab', environment: 'aks' } }), 'unused'],
    ['another manifest', plan([], { owner: { name: 'other', environment: 'kind' } }), 'unused'],
    [
      'another state',
      plan([], { owner: { name: 'illm-k8s-lab', environment: 'kind', installation: 'ffff' } }),
      'unused',
    ],
    ['another cluster', plan([], { systems: [{ provider: 'kubernetes', scope: 'ffff', description: '' }] }), 'unused'],
    ['a second time', plan([]), 'used'],
  ])('is stale for %s', (_, saved, digest) => {
    expect(check(saved, digest)).toThrow(expect.objectContaining({ code: 'STALE' }));
  });
});
