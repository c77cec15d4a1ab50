import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { build, lab } from './lab.ts';

beforeAll(build);

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'lab-expected-'));
  return () => rm(cwd, { recursive: true, force: true });
});

const manifestWith = (owner: string, credential: string): string => `apiVersion: lab/v1
name: expected
cluster: { context: kind-lab }
expect: { azure: { tenant: 7c1e0000-0000-0000-0000-000000000001, subscription: 7c1e0000-0000-0000-0000-000000000002 } }
resources:
  azure.resource-group/g: ${owner}
  azure.managed-identity/g/i: ${owner}
  azure.federated-credential/g/i/c: ${credential}
`;

const planWith = async (credential: string) => {
  await writeFile(join(cwd, 'lab.yaml'), manifestWith('{ manage: existing }', credential));
  return lab(['plan', '--sandbox'], { cwd, env: { HOME: cwd } });
};

test('of what is only expected to be there, a manifest states as many fields as it likes', async () => {
  for (const credential of ['{ manage: existing }', '{ manage: existing, subject: "system:serviceaccount:a:b" }']) {
    const planned = await planWith(credential);
    expect(planned).toMatchObject({ code: 1, stderr: expect.stringContaining('expects it, and it is not there') });
  }
});

test('what it states wrong is said at its line, in words', async () => {
  expect(await planWith('{ manage: existing, subject: 5 }')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /lab\.yaml:8:\d+ +resources\S+subject\n +is a number; text is expected; put it in quotes/,
    ),
  });
});

test('verify tells what it cannot prove of a part', async () => {
  const apart = { cwd, env: { HOME: cwd } };
  const whole =
    '{ issuer: "https://x.example/", subject: "system:serviceaccount:a:b", audiences: ["api://AzureADTokenExchange"] }';
  await writeFile(join(cwd, 'lab.yaml'), manifestWith('{ location: westeurope }', whole));
  expect(await lab(['apply', '--sandbox', '--auto-approve'], apart)).toMatchObject({ code: 0 });
  await rm(join(cwd, '.lab/sandbox/expected/default/state.json'));
  await writeFile(join(cwd, 'lab.yaml'), manifestWith('{ manage: existing }', '{ manage: existing }'));
  const verified = await lab(['verify', '--sandbox'], apart);
  expect(verified.stdout).toContain('the manifest states only a part of it');
  expect(verified.stderr).not.toContain('a bug in lab');
});
