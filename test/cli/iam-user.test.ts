import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { build, lab } from './lab.ts';

const manifest = (more: string) => `apiVersion: lab/v1
name: users
cluster: { context: kind-lab }
expect: { aws: { account: "123456789012" } }
stores:
  aws: { type: aws-secrets-manager, region: us-east-1, auth: { type: iam-user, user: eso-kind${more} } }
secrets:
  app/db: { readFrom: aws, keys: { password: { at: "team/db#password", value: { generate: { length: 20 } } } } }
allowDestroy: true
`;

beforeAll(build);

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'lab-users-'));
  return () => rm(cwd, { recursive: true, force: true });
});

const say = (more = '') => writeFile(join(cwd, 'lab.yaml'), manifest(more));
const run = async (...words: readonly string[]) => {
  const { code, stdout, stderr } = await lab([...words, '--sandbox', '--json'], { cwd, env: { HOME: cwd } });
  if (stdout === '') throw new Error(stderr);
  return { code, document: JSON.parse(stdout) };
};
const settles = async () => {
  const applied = await run('apply');
  expect(applied).toMatchObject({ code: 0, document: { failed: [], deferred: [] } });
  expect(await run('verify')).toMatchObject({ code: 0 });
  expect(await run('plan', '--detailed-exitcode')).toMatchObject({ code: 0 });
  return applied.document.done;
};
const key = 'aws.iam-access-key/eso-kind';
const credential = 'kubernetes.secret/external-secrets/lab-store-aws';

// The sandbox's AWS knows its users' keys and holds each to its policies.
test('without federation lab makes a user, hands its key to External Secrets, and rotates it', async () => {
  await say();
  expect(await settles()).toEqual(expect.arrayContaining([key, credential]));

  await say(', rotation: second');
  expect(await settles()).toEqual([key, credential]);

  await say(', rotation: second, previousKey: null');
  const { document } = await run('plan');
  const fields = document.changes.find(({ address }: { address: string }) => address === key).fields;
  expect(fields).toMatchObject([{ path: 'previousKey', after: { absent: true }, cause: 'pending' }]);
  expect(await settles()).toEqual([key]);

  expect(await run('destroy', '--allow-data-loss')).toMatchObject({ code: 0 });
  expect((await run('plan')).document.summary).toMatchObject({ create: 9 });
});
