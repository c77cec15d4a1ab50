import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeStarter } from '../../src/cli/starter.ts';
import { loadManifest } from '../../src/manifest/load.ts';
import { kindsOf, providers } from '../../src/providers/index.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lab-Init '));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const loaded = () =>
  loadManifest({ path: directory, environment: undefined, vars: {}, kinds: kindsOf(providers), env: {} });

const flags = { name: undefined, context: undefined };

describe('a starter', () => {
  test.each(['kind', 'aks', 'eks'] as const)('for %s is a valid manifest as it is', async (platform) => {
    await writeStarter({ ...flags, directory, for: platform });
    const found = await loaded();
    expect(found).toMatchObject({ ok: true, manifest: { name: expect.stringMatching(/^lab-init-[a-z0-9-]+$/) } });
  });

  test('for AKS makes a key vault, whatever the name, and no credential', async () => {
    await writeStarter({ directory, for: 'aks', name: '9-quite-a-long-name-of-a-cluster', context: undefined });
    const found = await loaded();
    const kinds = found.ok ? found.manifest.resources.map(({ address }) => address) : [];
    expect(kinds).toContain('azure.key-vault/quite-a-long-name-of-kv');
    expect(kinds).toContain(
      'azure.managed-identity/9-quite-a-long-name-of-a-cluster-secrets/9-quite-a-long-name-of-a-cluster-eso',
    );
    expect(found.ok && found.manifest.diagnostics).toEqual([]);
  });

  test('takes name and context from the flags, whatever characters the context has', async () => {
    await writeStarter({ directory, for: 'eks', name: 'prod', context: 'arn:aws:eks:eu-west-1:1/"x' });
    expect(await loaded()).toMatchObject({
      manifest: { name: 'prod', connections: { kubernetes: { context: 'arn:aws:eks:eu-west-1:1/"x' } } },
    });
  });

  test('never overwrites a manifest', async () => {
    const path = await writeStarter({ ...flags, directory, for: 'kind' });
    const before = await readFile(path, 'utf8');
    await expect(writeStarter({ directory, for: 'aks', name: 'other', context: undefined })).rejects.toMatchObject({
      code: 'GUARD',
    });
    expect(await readFile(path, 'utf8')).toBe(before);
  });

  test('makes its folder', async () => {
    const inside = join(directory, 'infra', 'prod');
    expect(await writeStarter({ ...flags, directory: inside, for: 'kind' })).toBe(join(inside, 'lab.yaml'));
  });
});
