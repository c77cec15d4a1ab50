/** Something in Vault whose writing gives its writer rights that nobody gave it; `*` is any one segment, or the path of a mount. */
export interface Power {
  /** `write policies` */
  readonly what: string;
  /** `any right` */
  readonly takes: string;
  readonly paths: readonly string[];
  readonly needs: readonly string[];
}

/** The capabilities that write. */
export const writing: readonly string[] = ['create', 'update'];

/**
 * Sources: Vault's documentation of policies ("sudo" of auth/token/create), of the identity engine and of each auth method.
 * test/real/vault/root-like.test.ts climbs with each of them.
 */
export const powers: readonly Power[] = [
  {
    what: 'write policies',
    takes: 'any right',
    paths: ['sys/policies/acl/*', 'sys/policy/*'],
    needs: writing,
  },
  {
    what: 'write roles of auth methods',
    takes: 'any right',
    paths: [
      'auth/*/role/*',
      'auth/*/role/*/policies',
      'auth/*/roles/*',
      'auth/*/certs/*',
      'auth/*/users/*',
      'auth/*/users/*/policies',
      'auth/*/groups/*',
      'auth/*/map/*/*',
    ],
    needs: writing,
  },
  {
    what: 'say whom an auth method believes',
    takes: 'any right that its roles have',
    paths: [
      'auth/*/config',
      'auth/*/config/client',
      'auth/*/config/certificate/*',
      'auth/*/config/sts/*',
      'auth/*/config/ldap',
    ],
    needs: writing,
  },
  {
    what: 'write groups and entities',
    takes: 'any right',
    paths: [
      'identity/entity',
      'identity/entity/id/*',
      'identity/entity/name/*',
      'identity/group',
      'identity/group/id/*',
      'identity/group/name/*',
    ],
    needs: writing,
  },
  {
    what: 'say which login is which entity or group',
    takes: 'any right that these have',
    paths: [
      'identity/entity-alias',
      'identity/entity-alias/id/*',
      'identity/alias',
      'identity/alias/id/*',
      'identity/persona',
      'identity/persona/id/*',
      'identity/group-alias',
      'identity/group-alias/id/*',
      'identity/entity/merge',
    ],
    needs: writing,
  },
  {
    what: 'make tokens with any policy',
    takes: 'any right',
    paths: ['auth/token/create', 'auth/token/create-orphan'],
    needs: ['sudo'],
  },
];
