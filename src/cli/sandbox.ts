import { createHmac, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plan } from '../engine/change.ts';
import type { Expanded } from '../manifest/expanded.ts';
import { secretDesk } from '../secrets/desk.ts';
import { keyOfBytes } from '../secrets/fingerprint.ts';
import { createPrivateFile } from '../secrets/private-file.ts';
import type { Redactor } from '../secrets/redaction.ts';
import { type Secret, secret } from '../secrets/secret.ts';
import { describeSource, type Source, type Sourced } from '../secrets/source.ts';
import { standIn } from '../secrets/stand-in.ts';
import { onDisk } from '../state/disk.ts';
import { makeLocalFolder } from '../state/local-files.ts';
import type { StartServers, Surroundings } from './ground.ts';
import { placeOf } from './state-place.ts';

/** The manifest's surroundings in the sandbox: its servers, its stand-ins for every secret value, its own key. */
export const sandboxSurroundings = async (
  manifest: Expanded,
  redactor: Redactor,
  start: StartServers,
): Promise<Surroundings> => {
  const folder = await makeLocalFolder(placeOf(manifest, true));
  const seed = await seedIn(folder);
  const { connections, env, close } = await start({ manifest, folder, seed });
  const key = keyOfBytes(createHmac('sha256', seed).update('fingerprint key').digest());
  const learnt = (value: Secret): Secret => {
    redactor.add(value);
    return value;
  };
  return {
    // The identities that `expect` names are those of real systems.
    manifest: { ...manifest, connections, expects: {} },
    env,
    read: async (source) => (source.from === 'env' ? ofEnv(env[source.name], learnt) : undefined),
    desk: async () => ({
      ...secretDesk({ env, folder: manifest.folder, key, redactor }),
      resolve: async (sourced) => learnt(standIn(seed, nameOf(sourced))),
    }),
    close,
  };
};

/** The same plan, marked as one of the sandbox where it is. */
export const inWorld = (plan: Plan, isSandbox: boolean): Plan => (isSandbox ? { ...plan, world: 'sandbox' } : plan);

const ofEnv = (value: string | undefined, learnt: (value: Secret) => Secret): Secret | undefined =>
  value === undefined ? undefined : learnt(secret(value));

// A variable or a file stays the same value wherever it is named; each generated one is a value of its own.
const nameOf = ({ source, at }: Sourced): string =>
  isMade(source) ? `${describeSource(source)} at ${at}` : describeSource(source);

const isMade = ({ from }: Source): boolean => from === 'generate';

/** The seed of the sandbox in this folder: its credentials and stand-ins come from it. */
export const seedIn = (folder: string): Promise<string> => {
  const path = join(folder, 'seed');
  return onDisk('write', path, async () => {
    // Two runs may make it at once; both take the one that is there.
    await createPrivateFile(path, randomBytes(32).toString('hex'));
    return readFile(path, 'utf8');
  });
};
