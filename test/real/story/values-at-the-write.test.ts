import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { stranger, uniqueName } from '../kubernetes/cluster.ts';
import { runLab } from './stage.ts';

const manifest = (context: string, namespace: string) => `apiVersion: lab/v1
name: values
cluster: { context: "${context}" }
stores:
  team: { type: kubernetes, namespace: ${namespace}, auth: { type: service-account, serviceAccount: ${namespace}/reader } }
secrets:
  ${namespace}/copy:
    readFrom: team
    keys:
      printed: { at: printed, value: { exec: [./token.sh, of-the-registry] } }
      typed: { at: typed, value: { prompt: Token of the registry } }
`;

test('a program runs with leave alone, and once; what is to be typed is an error where nobody can be asked', async () => {
  const { kubeconfig, context } = inject('servers');
  const namespace = uniqueName('values');
  const cwd = await mkdtemp(join(tmpdir(), 'lab-values-'));
  onTestFinished(() => rm(cwd, { recursive: true, force: true }));
  await writeFile(join(cwd, 'lab.yaml'), manifest(context, namespace));
  await writeFile(join(cwd, 'token.sh'), '#!/bin/sh\necho ran >> runs\necho "token $1"\n');
  await chmod(join(cwd, 'token.sh'), 0o755);
  const env = {
    PATH: process.env['PATH'],
    HOME: cwd,
    XDG_CONFIG_HOME: join(cwd, 'config'),
    LAB_REDACT: 'off',
    KUBECONFIG: kubeconfig,
  };
  const apply = async (name: string, ...words: readonly string[]) => {
    const target = `kubernetes.secret/${namespace}/${name}`;
    const args = ['apply', '--auto-approve', '--json', '--target', target, ...words];
    const { stdout } = await runLab(args, { cwd, env, until: undefined });
    expect(stdout).not.toContain('token of-the-registry');
    return JSON.parse(stdout);
  };

  const refused = await apply('printed');
  expect(refused.diagnostics).toMatchObject([
    { code: 'GUARD', at: 'lab.yaml:10:40', next: expect.stringContaining('--allow-exec') },
  ]);
  expect(await readFile(join(cwd, 'runs'), 'utf8').catch(() => '')).toBe('');

  expect(await apply('printed', '--allow-exec')).toMatchObject({ exit: { code: 0 }, diagnostics: [] });
  const there = await (await stranger())('GET', `/api/v1/namespaces/${namespace}/secrets/printed`);
  expect(Buffer.from(there.data?.['value'] ?? '', 'base64').toString()).toBe('token of-the-registry');
  expect(await apply('printed')).toMatchObject({ exit: { code: 0 }, writes: 0 });
  expect(await readFile(join(cwd, 'runs'), 'utf8')).toBe('ran\n');

  expect((await apply('typed')).diagnostics).toMatchObject([
    { code: 'MISSING_SOURCE', message: expect.stringContaining('nobody typed "Token of the registry"') },
  ]);
});
