import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build, lab } from './lab.ts';

const manifest = `apiVersion: lab/v1
name: sources
cluster: { context: c }
expect: { azure: { tenant: 7c1e0000-0000-0000-0000-000000000001, subscription: 7c1e0000-0000-0000-0000-000000000002 } }
install: { vault: { mode: wait, timeout: 30m, namespace: vault } }
stores:
  keys: { type: azure-key-vault, manage: existing, name: demo-kv, expose: none }
  team: { type: kubernetes, namespace: team, auth: { type: service-account, serviceAccount: external-secrets/external-secrets } }
secrets:
  app/admin: { readFrom: team, keys: { password: { at: admin, value: { generate: {} } } } }
  app/copy: { readFrom: team, keys: { password: { at: copy, value: { store: team/admin } } } }
vault:
  address: http://127.0.0.1:8200
  plaintext: loopback
  login: { auth: token, token: { env: VAULT_TOKEN } }
  mounts:
    database:
      type: database
      connections:
        theirs: { plugin: postgresql, url: "postgresql://{{username}}:{{password}}@pg:5432/a", username: a, password: { store: keys/pg-admin } }
        ours: { plugin: postgresql, url: "postgresql://{{username}}:{{password}}@pg:5432/b", username: b, password: { store: team/copy } }
allowDestroy: true
`;

let cwd: string;
const json = async (...words: readonly string[]) => {
  const ended = await lab([...words, '--sandbox', '--json'], { cwd, env: { HOME: cwd, LAB_REDACT: 'off' } });
  return JSON.parse(ended.stdout);
};
beforeAll(async () => {
  build();
  cwd = await mkdtemp(join(tmpdir(), 'lab-sources-'));
  await writeFile(join(cwd, 'lab.yaml'), manifest);
}, 120_000);
afterAll(() => rm(cwd, { recursive: true, force: true }));

// One story in order. Of what somebody else put into a store, the sandbox has a stand-in; what lab puts there lies there.
test('values are passed on from store to store in one apply', async () => {
  const plan = await json('plan');
  expect(plan.diagnostics).toEqual([]);
  const notes = Object.fromEntries(
    plan.changes.map((change: { address: string; notes: readonly string[] }) => [change.address, change.notes]),
  );
  expect(notes['kubernetes.secret/team/copy']).toEqual(['value from store team/admin']);
  expect(await json('apply')).toMatchObject({ exit: { code: 0 }, failed: [], diagnostics: [] });
  const { changes } = await json('plan');
  expect(changes.filter(({ actions }: { actions: readonly string[] }) => actions.join() !== 'none')).toEqual([]);
  expect(await json('apply')).toMatchObject({ exit: { code: 0 }, done: [], writes: 0 });
}, 60_000);
