import { execFile } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import { startAwsSandbox } from '../../../src/sandbox/aws/start.ts';

// In a process of its own, which has loaded nothing else: what it prints are the packages of AWS that it holds at each step.
const script = `
  import { createRequire } from 'node:module';
  const held = () => [...new Set(Object.keys(createRequire(import.meta.url).cache).flatMap(
    (file) => /node_modules\\/@aws-sdk\\/(client-[a-z-]+)\\//.exec(file)?.[1] ?? []))].toSorted();
  const { aws } = await import('./src/providers/aws/index.ts');
  const { secret } = await import('./src/secrets/secret.ts');
  const { config, keys } = JSON.parse(process.env.LAB_TEST_AWS);
  const connection = await aws.connect(config, {
    readOnly: true, env: {}, ports: {}, signal: new AbortController().signal,
    resolve: async ({ name }) => secret(keys[name]),
  });
  const steps = [held()];
  await connection.kind('aws.secrets-manager-secret').read(['eu-west-1', 'none'], {});
  steps.push(held());
  await connection.kind('aws.iam-role').read(['none'], {});
  steps.push(held());
  await connection.close();
  console.log(JSON.stringify(steps));
`;

test('of the SDK only the clients that are used are loaded, each when it is first used', async () => {
  const sandbox = await startAwsSandbox({ seed: 'loading' });
  onTestFinished(() => sandbox.stop());
  const { url, caPem, accessKey } = sandbox;
  const source = (name: string) => ({ from: 'env', name });
  const config = {
    region: 'eu-west-1',
    credential: { type: 'access-keys', id: source('id'), secret: source('secret') },
    endpoints: { secretsManager: url, sts: url, iam: url },
    ca: caPem,
  };
  const { promise, resolve } = Promise.withResolvers<string>();
  execFile(
    process.execPath,
    ['--input-type=module', '--eval', script],
    { env: { LAB_TEST_AWS: JSON.stringify({ config, keys: accessKey }) } },
    (error, stdout, stderr) => resolve(error === null ? stdout : stderr),
  );
  const steps = await promise;
  const used = ['client-secrets-manager', 'client-sts'];
  expect(JSON.parse(steps)).toEqual([[], used, ['client-iam', ...used]]);
});
