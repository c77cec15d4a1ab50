import { describe, expect, test } from 'vitest';
import { approveBeyond, approvePlan } from '../../src/cli/approve.ts';
import { change, deferred, plan } from '../views/literal-plan.ts';
import { recordingHost } from './host.ts';

const creating = plan([
  change('vault.policy/a', {
    actions: ['create'],
    fields: [{ path: 'hcl', before: { absent: true }, after: { known: 'path-of-the-policy' }, cause: 'pending' }],
  }),
]);
const destroying = plan([change('vault.policy/a', { actions: ['delete'] })], { mode: 'destroy' });

describe('the approval of a plan', () => {
  test('shows every field before it asks, and takes only yes as yes', async () => {
    const { host, said, asked } = recordingHost(['yes']);
    await approvePlan(creating, 'ask', host);
    expect(said.join('\n')).toContain('path-of-the-policy');
    expect(asked).toHaveLength(1);
  });

  test.each(['', 'y', 'no', 'YES'])(
    'is refused by the answer "%s", with the code of a cancelled run',
    async (answer) => {
      const { host } = recordingHost([answer]);
      await expect(approvePlan(creating, 'ask', host)).rejects.toMatchObject({ code: 'CANCELLED' });
    },
  );

  test('fails as a guard where nobody can be asked, and says what to do', async () => {
    const { host } = recordingHost();
    await expect(approvePlan(creating, 'ask', host)).rejects.toMatchObject({
      code: 'GUARD',
      detail: { next: expect.stringContaining('--auto-approve') },
    });
  });

  test.each(['flag', 'saved-plan'] as const)('given by %s asks nobody and still shows the plan', async (approval) => {
    const { host, said, asked } = recordingHost(['no']);
    await approvePlan(creating, approval, host);
    expect(said.join('\n')).toContain('vault.policy/a');
    expect(asked).toEqual([]);
  });

  test('of a destroy is the name of the environment', async () => {
    await expect(approvePlan(destroying, 'ask', recordingHost(['yes']).host)).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    await approvePlan(destroying, 'ask', recordingHost(['kind']).host);
  });

  test('is asked for what is only deferred, and not for what is in sync', async () => {
    const { host, asked } = recordingHost(['yes']);
    await approvePlan(plan([change('vault.policy/a')]), 'ask', host);
    expect(asked).toEqual([]);
    await approvePlan(plan([deferred('vault.policy/a')]), 'ask', host);
    expect(asked).toHaveLength(1);
  });
});

describe('what lies outside the approval', () => {
  test('is shown and asked for', async () => {
    const { host, said } = recordingHost(['yes']);
    expect(await approveBeyond(creating, 'ask', host)).toBe(true);
    expect(said.join('\n')).toContain('path-of-the-policy');
  });

  test('is not done where nobody can be asked', async () => {
    expect(await approveBeyond(creating, 'ask', recordingHost().host)).toBe(false);
  });

  test.each(['flag', 'saved-plan'] as const)('is not asked for where nobody was asked before: %s', async (approval) => {
    const { host, asked } = recordingHost(['yes']);
    expect(await approveBeyond(creating, approval, host)).toBe(false);
    expect(asked).toEqual([]);
  });

  test('is done in the sandbox, where nothing real is touched', async () => {
    const { host, said, asked } = recordingHost();
    await approvePlan(creating, 'sandbox', host);
    expect(await approveBeyond(creating, 'sandbox', host)).toBe(true);
    expect(said).toHaveLength(2);
    expect(asked).toEqual([]);
  });
});
