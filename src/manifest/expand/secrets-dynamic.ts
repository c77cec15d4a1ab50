import { address } from '../../engine/address.ts';
import { didYouMean } from '../../engine/suggest.ts';
import { own } from '../own.ts';
import type { SecretEntry } from '../schema/secrets.ts';
import type { DynamicSecret } from '../schema/secrets-dynamic.ts';
import { type Found, type Given, wrong } from './draft.ts';
import { expandGenerator, type Login, loginLife, loginOf, splitRole, tooLate, uninvited } from './secret-generator.ts';

const word = 'dynamic';

/** An entry of `secrets` with `dynamic`: who logs in, the generator, and the ExternalSecret that it feeds. */
export function* expandDynamic(
  given: Given,
  entry: string,
  secret: SecretEntry,
  dynamic: DynamicSecret,
): Generator<Found> {
  const login = loginOf(given, entry, word, dynamic);
  if ('is' in login) {
    yield login;
    return;
  }
  yield* complaints(given, entry, secret, dynamic, login);
  const { mount, role } = splitRole(dynamic.role);
  yield* expandGenerator(entry, secret, login, {
    generator: { path: `${mount}/creds/${role}` },
    after: [address('vault.database-role', mount, role)],
  });
}

/** What the manifest itself shows to be wrong, where role and login are in it. */
function* complaints(
  given: Given,
  entry: string,
  secret: SecretEntry,
  dynamic: DynamicSecret,
  login: Login,
): Generator<Found> {
  const at = ['secrets', entry, word, 'role'];
  const { mount: mountPath, role: roleName } = splitRole(dynamic.role);
  const mount = own(given.manifest.vault?.mounts ?? {}, mountPath);
  if (mount !== undefined && mount.type !== 'database') {
    yield wrong(given, at, `${mountPath} is of type ${mount.type}, not database`);
    return;
  }
  const role = mount === undefined ? undefined : own(mount.roles, roleName);
  if (mount !== undefined && role === undefined) {
    yield wrong(given, at, `${mountPath} has no role ${roleName}${didYouMean(roleName, Object.keys(mount.roles))}`);
  }
  yield* uninvited(given, entry, word, login);
  // Vault ends a user with the token that asked for it, so that the login counts as much as the role.
  const roleLife = { what: `the ttl of ${dynamic.role}`, seconds: role?.ttl ?? mount?.defaultLeaseTtl ?? 0 };
  yield* tooLate(given, entry, secret, [roleLife, loginLife(given, login)], 'users end while they are in use');
}
