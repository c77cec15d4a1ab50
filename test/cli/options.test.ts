import { describe, expect, test } from 'vitest';
import type { PlanFlags } from '../../src/cli/flags.ts';
import { optionsOf, planOptions, secondsOf } from '../../src/cli/options.ts';
import type { Expanded } from '../../src/manifest/expanded.ts';
import { resource } from '../support/world.ts';
import { change, plan } from '../views/literal-plan.ts';

const manifest: Expanded = {
  name: 'lab',
  environment: 'kind',
  folder: '.',
  resources: [resource('vault.mount/secret', {}), resource('vault.policy/eso', {})],
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
const flags: PlanFlags = { target: [], exclude: [], adopt: [], parallelism: 10 };
const options = (given: Partial<PlanFlags>) =>
  planOptions({ ...flags, ...given }, 'apply', { manifest, state: undefined });

describe('--target, --exclude and --adopt', () => {
  test('name an address, a kind or a provider', () => {
    expect(options({ target: ['vault.mount/secret'], exclude: ['vault.policy'] })).toMatchObject({
      targets: ['vault.mount/secret'],
      excludes: ['vault.policy'],
    });
    expect(options({ target: ['vault'] }).targets).toEqual(['vault']);
  });

  test('that match nothing are an error with a suggestion, not an empty plan', () => {
    expect(() => options({ target: ['vault.mount/secrets'] })).toThrow('Did you mean vault.mount/secret?');
    expect(() => options({ exclude: ['kubernetes'] })).toThrow('there is no kubernetes');
    expect(() => options({ adopt: ['vault.mount'] })).toThrow('there is no vault.mount');
  });

  test('--adopt all takes over everything that differs', () => {
    expect(options({ adopt: ['all'] }).adopt).toBe(true);
    expect(options({ adopt: ['vault.policy/eso'] }).adopt).toEqual(['vault.policy/eso']);
  });
});

describe('a saved plan', () => {
  test('of the whole manifest is compared with a plan of the whole manifest', () => {
    const saved = plan([change('vault.mount/secret'), change('vault.policy/eso', { actions: ['adopt'] })]);
    expect(optionsOf(saved, manifest, 4)).toEqual({
      mode: 'apply',
      targets: [],
      excludes: [],
      adopt: ['vault.policy/eso'],
      parallelism: 4,
    });
  });

  test('of a part of it is compared with that part', () => {
    expect(optionsOf(plan([change('vault.mount/secret')]), manifest, 4).targets).toEqual(['vault.mount/secret']);
  });
});

test('--wait and --lock-wait take a duration', () => {
  expect(secondsOf('wait', '1h30m')).toBe(5400);
  expect(secondsOf('wait', undefined)).toBeUndefined();
  expect(() => secondsOf('wait', 'half an hour')).toThrow('--wait half an hour is not a duration');
  expect(() => secondsOf('lock-wait', 'soon')).toThrow('--lock-wait soon is not a duration');
});
