import { expect, test } from 'vitest';
import { stage } from './stage.ts';

// lab's own policies follow the manifest: what is new waits for them, and what is removed keeps its rights until it is gone.

const apply = ['apply', '--auto-approve', '--wait', '1m'];

test('a manifest that grows and shrinks takes the policies of lab’s own logins along', async () => {
  const { here, way } = await stage();
  const applied = async () => {
    const ran = await here.lab(apply);
    expect({ code: ran.code, errors: ran.code === 0 ? '' : ran.stdout + ran.stderr }).toEqual({ code: 0, errors: '' });
  };
  await applied();
  expect((await here.lab(['plan', '--detailed-exitcode'])).code).toBe(0);
  expect((await here.lab(['drift'])).code).toBe(0);

  const more = '    more: { type: kv-v2, maxVersions: 3 }\n';
  const reader = '    reader: { paths: { more/data/*: [read] } }\n';
  await here.edit((manifest) =>
    manifest.replace('  mounts:\n', `  mounts:\n${more}`).replace('  policies:', `  policies:\n${reader}    #`),
  );
  const plan = await here.json(['plan']);
  expect(plan).toMatchObject({ code: 0, errored: false, summary: { blocked: 0, deferred: 1, create: 2, update: 2 } });
  expect(JSON.stringify(plan)).toMatch(/"address":"vault.policy\/reader"[^}]*"deferred"[^}]*vault.policy\/lab-plan/);
  await applied();
  expect((await here.lab(['plan', '--detailed-exitcode'])).code).toBe(0);

  await here.edit((manifest) => manifest.replace(more, '').replace(reader, ''));
  const calls: string[] = [];
  way.watcher = {
    before: ({ call }) => {
      calls.push(call);
      return 'pass';
    },
    after: () => {},
  };
  const removed = await here.lab([...apply, '--allow-data-loss']);
  expect(removed.code).toBe(0);
  expect(calls).toEqual(expect.arrayContaining(['DELETE /v1/sys/mounts/more', 'DELETE /v1/sys/policies/acl/reader']));
  expect(await here.json(['plan'])).toMatchObject({ summary: { update: 2, delete: 0, blocked: 0 } });
  await applied();
  expect((await here.lab(['plan', '--detailed-exitcode'])).code).toBe(0);
  expect(await here.json(['apply', '--auto-approve'])).toMatchObject({ code: 0, writes: 0 });
});
