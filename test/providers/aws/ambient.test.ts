import files from 'node:fs/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { aws } from '../../../src/providers/aws/index.ts';
import { startAwsSandbox } from '../../../src/sandbox/aws/start.ts';

// In a file of its own, with the SDK loaded after the watch is set: it keeps its own hold of readFile and of what it read.
test('with an access key, nothing of the environment and of ~/.aws is looked at', async () => {
  const sandbox = await startAwsSandbox({ seed: 'ambient', account: '123456789012' });
  for (const [name, value] of Object.entries({
    AWS_ACCESS_KEY_ID: 'AKIAAMBIENTAMBIENT00',
    AWS_SECRET_ACCESS_KEY: 'ambient',
    AWS_SESSION_TOKEN: 'ambient',
    AWS_PROFILE: 'none-such',
    AWS_REGION: 'us-west-2',
    AWS_ENDPOINT_URL: 'https://127.0.0.1:1',
    AWS_MAX_ATTEMPTS: 'nonsense',
    AWS_RETRY_MODE: 'nonsense',
    AWS_USE_FIPS_ENDPOINT: 'nonsense',
    AWS_USE_DUALSTACK_ENDPOINT: 'nonsense',
    AWS_DISABLE_CLOCK_SKEW_CORRECTION: 'nonsense',
  })) {
    vi.stubEnv(name, value);
  }
  const read = vi.spyOn(files, 'readFile');
  const { configOf, contextOf, region } = await import('./server.ts');
  const connection = await aws.connect(configOf(sandbox), contextOf(sandbox));
  onTestFinished(async () => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    await connection.close();
    await sandbox.stop();
  });
  expect(await connection.scope()).toBe('aws:123456789012');
  expect(await connection.kind('aws.secrets-manager-secret').read([region, 'none'], {})).toEqual({ exists: 'no' });
  expect(read).not.toHaveBeenCalled();
});
