import { z } from 'zod';
import { address } from '../../../engine/address.ts';
import { defineKind } from '../../../engine/define-kind.ts';
import { secretValue } from '../../../engine/fields.ts';
import { LabError } from '../../../errors.ts';
import { isSecret, type Secret } from '../../../secrets/secret.ts';
import type { VaultClient } from '../client.ts';
import { trimSlashes } from '../path.ts';
import { may } from '../rights.ts';
import { type ConnectionAnswer, connectionPath, type Rotation, readConnection, rotationOf } from './details.ts';
import { databaseName } from './name.ts';

const schema = z.strictObject({
  password: secretValue()
    .optional()
    .describe('The password before the rotation: tells, after a crash, whether the rotation took place.'),
});

/**
 * One rotation of a connection's password, after which only Vault knows it; never a second one. Vault does not tell that it
 * rotated, so that a mark beside the connection does: announced before, done after. If a run dies between the two, the old
 * password is tried: where the database still takes it, the rotation is still to come.
 */
export const databaseRootRotation = defineKind<typeof schema.shape, VaultClient>({
  kind: 'vault.database-root-rotation',
  parts: [['MOUNT', 'NAME']],
  schema,
  fields: { password: { secret: true, writeOnly: true } },
  ownership: 'whole',
  mark: 'parent',
  writes: 'merge',
  precondition: 're-read',
  identify: ([mount = '', name = '']) => [trimSlashes(mount), databaseName('database connection', name)],
  parent: ([mount = '', name = '']) => address('vault.database-connection', mount, name),
  gates: () => ['vault.active'],
  rights: ([mount = '', name = '']) => ({
    plan: may(`${mount}/config/${name}`, 'read'),
    apply: [
      ...may(`${mount}/config/${name}`, 'update'),
      ...may(`${mount}/rotate-root/${name}`, 'update'),
      ...may(`${mount}/config/${trialOf(name)}`, 'create', 'delete'),
    ],
  }),
  exclusive: (id) => id.join('/'),
  irreversible: ([mount = '', name = ''], _, live) =>
    live.exists === 'yes' || (live.exists === 'no' && live.recoverable !== undefined)
      ? undefined
      : `the user of ${mount}/config/${name} gets a password that only Vault knows; the present one ends at once`,
  read: async (client, [mount = '', name = '']) => {
    const connection = await readConnection(client, mount, name);
    const rotation = connection === undefined ? 'none' : rotationOf(connection);
    if (rotation === 'done') return { exists: 'yes', spec: {}, outputs: {} };
    const recoverable = rotation === 'given-up' ? 'it was rotated before, and is not rotated again' : undefined;
    return { exists: 'no', ...(recoverable === undefined ? {} : { recoverable }) };
  },
  write: async (client, { id: [mount = '', name = ''], spec }) => {
    const connection = await readConnection(client, mount, name);
    if (connection === undefined) {
      throw new LabError('REJECTED', `${mount}/config/${name} is not there, so that its password cannot be rotated`);
    }
    const mark = (state: Rotation) =>
      client.write('POST', connectionPath(mount, name), { lab_root_rotation: state === 'none' ? '' : state });
    const rotation = rotationOf(connection);
    if (rotation === 'done') return;
    if (rotation === 'none') await mark('announced');
    const isOpen =
      rotation === 'none' ||
      (rotation === 'announced' && (await oldPasswordFits(client, mount, name, connection, spec.password)));
    if (isOpen) await rotate(client, mount, name, () => mark('none'));
    // Vault logs in anew for this, so that it also shows that the password it kept is the one that the database has.
    await mark('done');
  },
  remove: async (client, [mount = '', name = '']) => {
    const connection = await readConnection(client, mount, name);
    if (connection === undefined || rotationOf(connection) !== 'done') return;
    await client.write('POST', connectionPath(mount, name), { lab_root_rotation: 'given-up' });
  },
});

const rotate = async (client: VaultClient, mount: string, name: string, withdraw: () => Promise<void>) => {
  try {
    await client.write('POST', [mount, 'rotate-root', name], {});
  } catch (error) {
    // Vault said no before it did anything, so that the announcement is void; anything else the next run finds out.
    if (error instanceof LabError && ['DENIED', 'REJECTED', 'UNAUTHENTICATED'].includes(error.code)) await withdraw();
    throw error;
  }
};

// Words of PostgreSQL, MySQL, SQL Server and MongoDB for a password that does not fit.
const wrongPassword = /authentication failed|28P01|access denied for user|login failed/i;

const trialOf = (name: string): string => `${name}.lab-trial`;

/** Tries the old password in a connection of its own: written over the real one it could replace the one that Vault has. */
const oldPasswordFits = async (
  client: VaultClient,
  mount: string,
  name: string,
  { plugin_name, connection_details: details }: ConnectionAnswer,
  password: unknown,
): Promise<boolean> => {
  const old = knownPassword(password, `${mount}/config/${name}`);
  const trial = connectionPath(mount, trialOf(name));
  const settings = Object.fromEntries(Object.entries(details).filter(([key]) => !key.startsWith('lab_')));
  try {
    await client.write('POST', trial, {
      ...settings,
      plugin_name,
      password: old,
      allowed_roles: [],
      verify_connection: true,
    });
    return true;
  } catch (error) {
    if (error instanceof LabError && error.code === 'REJECTED' && wrongPassword.test(error.message)) return false;
    throw error;
  } finally {
    await client.remove(trial);
  }
};

const knownPassword = (password: unknown, where: string): Secret => {
  if (isSecret(password)) return password;
  throw new LabError('MISSING_SOURCE', `Whether the password of ${where} was rotated before a run died is not known`, {
    next: 'Provide the password that the connection was made with: it tells, and is not sent to the database otherwise.',
  });
};
