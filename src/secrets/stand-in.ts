import { createHmac } from 'node:crypto';
import { reveal, type Secret, secret } from './secret.ts';

/** What every stand-in begins with. Clients of real systems refuse to send a value that holds it. */
export const standInPrefix = 'lab-sandbox-stand-in-';

/** The sandbox's value in place of a source's: equal for equal seed and name, and of use nowhere else. */
export const standIn = (seed: string, name: string): Secret =>
  secret(`${standInPrefix}${createHmac('sha256', seed).update(name).digest('base64url')}`);

/** Whether a value is a stand-in, or was composed with one. */
export const isStandIn = (value: Secret): boolean => reveal(value).includes(standInPrefix);
