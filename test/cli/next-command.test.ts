import { describe, expect, test } from 'vitest';
import { afterApply, afterPlan, nextCommand } from '../../src/cli/next-command.ts';
import { change, plan } from '../views/literal-plan.ts';

const flags = {
  file: '.',
  environment: 'kind',
  var: [],
  target: [],
  exclude: [],
  adopt: [],
  parallelism: 10,
  out: undefined,
};
const creating = plan([change('vault.policy/a', { actions: ['create'] })]);

describe('the next command', () => {
  test('names the same manifest, quoted for a shell', () => {
    const given = { ...flags, file: 'my folder/lab.yaml', var: ["owner=it's me"] };
    expect(nextCommand(['plan'], given)).toBe(`lab plan -f 'my folder/lab.yaml' -e kind --var 'owner=it'\\''s me'`);
  });

  test('stays in the sandbox', () => {
    expect(afterPlan(creating, { ...flags, sandbox: true })).toBe('Next: lab apply -e kind --sandbox');
    expect(afterPlan(creating, { ...flags, sandbox: true, out: 'plan.lab.json' })).toBe(
      'Saved to plan.lab.json. Next: lab apply plan.lab.json --sandbox',
    );
  });

  test('after a plan applies the same part of it', () => {
    expect(afterPlan(creating, { ...flags, target: ['vault.policy'] })).toBe(
      'Next: lab apply -e kind --target vault.policy',
    );
  });

  test('after a saved plan applies the file, which knows its environment', () => {
    expect(afterPlan(creating, { ...flags, out: 'plan.lab.json' })).toBe(
      'Saved to plan.lab.json. Next: lab apply plan.lab.json',
    );
  });

  test('after a plan without changes does not offer apply', () => {
    expect(afterPlan(plan([change('vault.policy/a')]), flags)).toBe('Next: lab drift -e kind');
  });

  test('after an apply that a gate held up waits for it', () => {
    expect(afterApply({ code: 4, conditions: ['incomplete'] }, 'apply', flags)).toContain(
      'lab apply -e kind --wait 30m',
    );
    expect(afterApply({ code: 0, conditions: [] }, 'apply', flags)).toBe('Next: lab drift -e kind');
    expect(afterApply({ code: 6, conditions: ['stale'] }, 'apply', flags)).toContain('lab plan -e kind --out');
  });
});
