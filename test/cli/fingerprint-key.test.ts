import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fingerprintKeyFor } from '../../src/cli/fingerprint-key.ts';
import type { Manner } from '../../src/cli/ground.ts';
import type { Diagnostic } from '../../src/engine/change.ts';
import { type KubeObject, keySecretType, type OwnObjects } from '../../src/engine/ports.ts';
import { LabError } from '../../src/errors.ts';
import { keyOfBytes } from '../../src/secrets/fingerprint.ts';

const mine = Buffer.alloc(32, 'mine').toString('base64');
const theirs = Buffer.alloc(32, 'theirs').toString('base64');
const idOf = (text: string): string => keyOfBytes(Buffer.from(text, 'base64')).id;

const denied = new LabError('DENIED', 'secrets "fingerprints" is forbidden', { next: 'Ask for the right.' });

/** A cluster with one place for one Secret; `refuses` is what every call ends with instead. */
const cluster = (held?: string, refuses?: LabError) => {
  let object: KubeObject | undefined =
    held === undefined
      ? undefined
      : {
          apiVersion: 'v1',
          kind: 'Secret',
          type: keySecretType,
          metadata: { name: 'fingerprints', namespace: 'lab-keys' },
          data: { key: Buffer.from(held).toString('base64') },
        };
  const allowed = () => {
    if (refuses !== undefined) throw refuses;
  };
  const objects: OwnObjects = {
    get: async () => {
      allowed();
      return object;
    },
    list: async () => [],
    create: async (made) => {
      allowed();
      object = made;
      return { is: 'made', object: made };
    },
    replace: async () => undefined,
    remove: async () => {},
  };
  return { objects, held: () => object };
};

/** Looks for the key on a machine whose key file holds this, if anything. */
const search = async (manner: Manner, objects: OwnObjects, file?: string) => {
  const home = await mkdtemp(join(tmpdir(), 'lab-key-'));
  onTestFinished(() => rm(home, { recursive: true }));
  const path = join(home, 'k8s-lab', 'fingerprint.key');
  if (file !== undefined) {
    await mkdir(join(home, 'k8s-lab'));
    await writeFile(path, file, { mode: 0o600 });
  }
  const reported: Diagnostic[] = [];
  const found = await fingerprintKeyFor({
    manner,
    manifest: {
      fingerprints: { in: 'secret', namespace: 'lab-keys', name: 'fingerprints', at: 'lab.yaml:4:26' },
    },
    host: { env: { XDG_CONFIG_HOME: home }, report: (diagnostic) => reported.push(diagnostic) },
    ownObjects: async () => objects,
  }).then(
    (key) => key?.id,
    (error: unknown) => error,
  );
  const onDisk = await readFile(path, 'utf8').catch(() => undefined);
  return { found, reported, onDisk };
};

test.each(['looks', 'writes'] as const)('who %s takes the key that lies in the cluster', async (manner) => {
  expect(await search(manner, cluster(theirs).objects)).toEqual({
    found: idOf(theirs),
    reported: [],
    onDisk: undefined,
  });
});

test('who looks and is not let at the key is told what that costs, and goes on with the key file', async () => {
  const { found, reported } = await search('looks', cluster(theirs, denied).objects, mine);
  expect(found).toBe(idOf(mine));
  expect(reported).toEqual([
    {
      severity: 'warning',
      code: 'FINGERPRINT_KEY',
      message:
        'secrets "fingerprints" is forbidden; so the fingerprint key in Secret lab-keys/fingerprints is not known here, and secrets that were made with it are unverifiable',
      at: 'lab.yaml:4:26',
    },
  ]);
});

test('who looks where there is no key anywhere makes none', async () => {
  const { objects, held } = cluster();
  expect(await search('looks', objects)).toEqual({ found: undefined, reported: [], onDisk: undefined });
  expect(held()).toBeUndefined();
});

test('who writes and is not let at the key stops, at the line that names the Secret', async () => {
  const { found } = await search('writes', cluster(theirs, denied).objects, mine);
  expect(found).toMatchObject({ code: 'DENIED', detail: { at: 'lab.yaml:4:26', next: 'Ask for the right.' } });
});

test('a Secret that holds no key is an error for who looks, too: it is not a cluster that is not there yet', async () => {
  const { objects, held } = cluster(theirs);
  const object = held();
  const other: OwnObjects = { ...objects, get: async () => object && { ...object, type: 'Opaque' } };
  expect((await search('looks', other, mine)).found).toMatchObject({ code: 'BAD_STATE' });
});

test('the first who writes keeps the key of his file in the cluster, as it is', async () => {
  const { objects, held } = cluster();
  expect(await search('writes', objects, `${mine}\n`)).toMatchObject({ found: idOf(mine), reported: [] });
  expect(held()).toMatchObject({ type: keySecretType, metadata: { namespace: 'lab-keys', name: 'fingerprints' } });
  expect((await search('looks', objects)).found).toBe(idOf(mine));
});

test('the first who writes without a file makes a key for the cluster, and no file', async () => {
  const { objects } = cluster();
  const { found, onDisk } = await search('writes', objects);
  expect(found).toBe((await search('looks', objects)).found);
  expect(found).toMatch(/./);
  expect(onDisk).toBeUndefined();
});

test('a key file that is too short goes nowhere', async () => {
  const { objects, held } = cluster();
  expect((await search('writes', objects, 'short')).found).toMatchObject({ code: 'GUARD' });
  expect(held()).toBeUndefined();
});

test('the key of the cluster counts, and who has another one in his file is told so', async () => {
  const { found, reported } = await search('writes', cluster(theirs).objects, mine);
  expect(found).toBe(idOf(theirs));
  expect(reported.map(({ message }) => message.replace(/in \/\S+/, 'in FILE'))).toEqual([
    'the fingerprint key in FILE is another one than in Secret lab-keys/fingerprints, which counts here',
  ]);
});
