import type { Change, FieldChange, Plan } from '../../src/engine/change.ts';
import { summarise } from '../../src/engine/summary.ts';

/** A change with everything that a test does not care about filled in. */
export const change = (address: string, given: Partial<Change> = {}): Change => ({
  address,
  identity: `scope-1/${address}`,
  kind: address.slice(0, address.indexOf('/')),
  phase: address.startsWith('vault.') ? 'production' : 'bootstrap',
  actions: ['none'],
  standing: { is: 'planned' },
  ownership: 'owned',
  fields: [],
  notes: [],
  dependsOn: [],
  observed: 'observed',
  desired: 'desired',
  ...given,
});

/** A field that changes from one known value to another. */
export const field = (
  path: string,
  before: string | number,
  after: string | number,
  given: Partial<FieldChange> = {},
): FieldChange => ({
  path,
  before: { known: before },
  after: { known: after },
  cause: 'pending',
  ...given,
});

/** A plan over these changes, summed up as the engine does it. */
export const plan = (changes: readonly Change[], given: Partial<Plan> = {}): Plan => {
  const summary = summarise(changes);
  return {
    formatVersion: 1,
    toolVersion: '0.1.0',
    owner: { name: 'illm-k8s-lab', environment: 'kind' },
    inputs: 'inputs',
    serial: 7,
    mode: 'apply',
    systems: [
      { provider: 'kubernetes', scope: '3f0c', description: 'cluster kind-lab, uid 3f0c' },
      { provider: 'vault', description: 'vault: waiting for https://vault.test, not deployed yet' },
    ],
    applyable: true,
    complete: summary.deferred + summary.blind + summary.blocked === 0,
    errored: false,
    summary,
    changes,
    diagnostics: [],
    createdAt: '2026-11-23T12:00:00.000Z',
    ...given,
  };
};

/** Behind a gate that is not open yet. */
export const deferred = (
  address: string,
  because = 'https://vault.test does not answer, and this manifest does not deploy it',
): Change => change(address, { standing: { is: 'deferred', gate: 'vault.active', because } });
