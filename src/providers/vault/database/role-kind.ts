import { address } from '../../../engine/address.ts';
import { trimSlashes } from '../path.ts';
import { databaseName } from './name.ts';

/** What both kinds of roles of a database engine have in common. `what`: `database role`, for messages. */
export const roleKind = (what: string) =>
  ({
    parts: [['MOUNT', 'NAME']],
    ownership: 'whole',
    mark: 'parent',
    writes: 'merge',
    precondition: 're-read',
    identify: ([mount = '', name = '']: readonly string[]) => [trimSlashes(mount), databaseName(what, name)],
    parent: ([mount = '']: readonly string[]) => address('vault.mount', mount),
    after: ([mount = '']: readonly string[], { connection }: { readonly connection?: string | undefined }) =>
      connection === undefined ? [] : [address('vault.database-connection', mount, connection)],
    gates: () => ['vault.active'],
  }) as const;
