import type { Right } from '../../../engine/resource.ts';
import type { VaultClient } from '../client.ts';
import { names } from '../listed.ts';
import { pkiLosses } from '../pki/losses.ts';
import { mayHelp } from '../rights.ts';
import { amount, told } from './counted.ts';
import { countLeases } from './leases.ts';

/** What counting it takes; of an unknown type, whatever any may take. */
export const rightsOfLosses = (path: string, type: string | undefined): readonly Right[] => {
  const lists = (...collections: readonly string[]) =>
    collections.flatMap((name) => mayHelp(`${path}/${name}`, 'list'));
  switch (type) {
    case undefined:
      return [...new Set(['kv-v2', 'database', 'pki'])].flatMap((known) => rightsOfLosses(path, known));
    case 'kv-v2':
      return lists('metadata');
    case 'database':
      return [
        ...lists('config', 'roles', 'static-roles'),
        ...mayHelp(`sys/leases/lookup/${path}`, 'list', 'sudo'),
        ...mayHelp(`sys/leases/lookup/${path}/*`, 'list', 'sudo'),
      ];
    case 'pki':
      return lists('keys', 'roles', 'certs');
    default:
      return [];
  }
};

/** What dies with a mount, counted: `2 connections, 1 role, 3 leases`. undefined for types that lab knows nothing of. */
export const mountLosses = async (client: VaultClient, path: string): Promise<string | undefined> => {
  const entry = (await client.mounts()).get(path);
  if (entry === undefined) return undefined;
  switch (entry.type) {
    case 'kv':
      return entry.options?.['version'] === '2'
        ? told([await count(client, [path, 'metadata'], 'key or folder at its top', 'keys and folders at its top')])
        : undefined;
    case 'database': {
      const leases = await countLeases(client, [path]);
      return told([
        await count(client, [path, 'config'], 'connection', 'connections'),
        await count(client, [path, 'roles'], 'role', 'roles'),
        await count(client, [path, 'static-roles'], 'static role', 'static roles'),
        leases === undefined ? 'leases that this token may not count' : amount(leases, 'lease', 'leases'),
      ]);
    }
    case 'pki':
      return pkiLosses(client, path);
    default:
      return undefined;
  }
};

const count = async (client: VaultClient, path: readonly string[], one: string, many: string) =>
  amount((await client.list(path, names))?.keys.length ?? 0, one, many);
