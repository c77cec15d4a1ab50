import type { Path } from '../../engine/path.ts';
import { fromSource, type Source, type Sourced } from '../../secrets/source.ts';
import { placeOf } from '../complaint.ts';
import type { DatabaseMount } from '../schema/vault-database.ts';
import { originOf } from '../yaml/tree.ts';
import { defined } from './defined.ts';
import { draft, type Found, type Given, whereElse, wrong } from './draft.ts';
import { isSettled, settledSource } from './store-source.ts';

type Connection = DatabaseMount['connections'][string];

/** What lies below a mount of type `database`: connections with their rotations, roles, static roles. */
export function* expandDatabase(given: Given, mountPath: string, mount: DatabaseMount): Generator<Found> {
  const path = ['vault', 'mounts', mountPath];
  yield* nameless(given, path, mount);
  for (const [name, connection] of Object.entries(mount.connections)) {
    yield* expandConnection(given, mountPath, name, connection, rolesOf(mount, name));
  }
  for (const [name, role] of Object.entries(mount.roles)) {
    yield draft([...path, 'roles', name], 'vault.database-role', [mountPath, name], { spec: defined(role) });
  }
  for (const [name, role] of Object.entries(mount.staticRoles)) {
    const where = [...path, 'staticRoles', name];
    yield draft(where, 'vault.database-static-role', [mountPath, name], { spec: defined(role) });
  }
}

function* expandConnection(
  given: Given,
  mountPath: string,
  name: string,
  connection: Connection,
  roles: readonly string[],
): Generator<Found> {
  const path = ['vault', 'mounts', mountPath, 'connections', name];
  const { rotateRoot, password, allowedRoles, ...settings } = connection;
  const source = password && settledSource(given, [...path, 'password'], password);
  if (source !== undefined && !isSettled(source)) return yield source;
  const sourced = source && sourceOf(given, [...path, 'password', source.from], source);
  const parts = [mountPath, name];
  yield draft(path, 'vault.database-connection', parts, {
    spec: defined({ ...settings, password: sourced, allowedRoles: allowedRoles ?? roles }),
  });
  if (rotateRoot === undefined) return;
  if (sourced === undefined) yield wrong(given, [...path, 'rotateRoot'], 'needs a password that it replaces');
  // The old password tells after a crash whether the rotation took place.
  const spec = defined({ password: sourced });
  yield draft([...path, 'rotateRoot'], 'vault.database-root-rotation', parts, { spec });
}

const sourceOf = (given: Given, path: Path, source: Source): Sourced =>
  fromSource({ source, onMissingSource: 'keep', onExternalChange: 'keep', at: placeOf(originOf(given.tree, path)) });

const rolesOf = ({ roles, staticRoles }: DatabaseMount, connection: string): readonly string[] =>
  Object.entries({ ...roles, ...staticRoles }).flatMap(([name, role]) =>
    role.connection === connection ? [name] : [],
  );

/** Roles that name a connection which is not there, and names that both kinds of role have: Vault keeps them in one list. */
function* nameless(given: Given, path: Path, { connections, roles, staticRoles }: DatabaseMount): Generator<Found> {
  const named = [
    ...Object.entries(roles).map(([name, role]) => ({ at: [...path, 'roles', name], role })),
    ...Object.entries(staticRoles).map(([name, role]) => ({ at: [...path, 'staticRoles', name], role })),
  ];
  for (const { at, role } of named) {
    if (Object.hasOwn(connections, role.connection)) continue;
    yield wrong(given, [...at, 'connection'], `names "${role.connection}", which is no connection of this mount`);
  }
  for (const name of Object.keys(staticRoles).filter((candidate) => Object.hasOwn(roles, candidate))) {
    const where = whereElse(originOf(given.tree, [...path, 'roles', name]));
    yield wrong(given, [...path, 'staticRoles', name], `has the name of ${where}; Vault keeps both in one list`);
  }
}
