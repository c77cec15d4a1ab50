import { z } from 'zod';
import { parseDuration } from '../../../engine/fields.ts';
import type { VaultCalls } from '../client.ts';

// A connection keeps whatever else it is given beside its settings, hands it to a plugin that passes it over, and shows
// it again: a place for marks that is written in the same call as the password.
// Source: builtin/logical/database/path_config_connection.go of Vault 1.21.4; seen there.

/**
 * How far the rotation of the root password is. announced: whether it took place is not known. given-up: it took place,
 * and the manifest no longer speaks of it.
 */
export type Rotation = 'none' | 'announced' | 'done' | 'given-up';

const details = z.looseObject({
  connection_url: z.string().optional(),
  username: z.string().optional(),
  username_template: z.string().optional(),
  max_open_connections: z.union([z.number(), z.string()]).optional(),
  max_idle_connections: z.union([z.number(), z.string()]).optional(),
  max_connection_lifetime: z.union([z.number(), z.string()]).optional(),
  lab_password_fingerprint: z.string().optional(),
  lab_root_rotation: z.string().optional(),
});

const answer = z.object({
  plugin_name: z.string(),
  allowed_roles: z.array(z.string()).nullish(),
  root_credentials_rotate_statements: z.array(z.string()).nullish(),
  password_policy: z.string().nullish(),
  // Versions of Vault before 1.21 and OpenBao do not show it.
  verify_connection: z.boolean().optional(),
  connection_details: details,
});

/** A connection as Vault answers it. */
export type ConnectionAnswer = z.output<typeof answer>;

export const connectionPath = (mount: string, name: string): readonly string[] => [mount, 'config', name];

/** Reads a connection; the password is never in it. */
export const readConnection = (
  client: VaultCalls,
  mount: string,
  name: string,
): Promise<ConnectionAnswer | undefined> => client.read(connectionPath(mount, name), answer);

/** What the mark says of its root password. */
export const rotationOf = ({ connection_details: { lab_root_rotation: mark } }: ConnectionAnswer): Rotation => {
  if (mark === 'announced' || mark === 'done' || mark === 'given-up') return mark;
  return 'none';
};

/** A number that Vault shows in the type in which it was written. */
export const looseNumber = (value: number | string | undefined): number => Number(value ?? 0);

/** Seconds of a duration that Vault shows as it was written; 0 for none. */
export const looseSeconds = (value: number | string | undefined): number => parseDuration(value ?? 0) ?? 0;
