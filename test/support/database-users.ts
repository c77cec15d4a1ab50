/**
 * Users that the shared test database has from the beginning, each for one test: Vault changes passwords for good. The
 * sandbox's Vault takes any user for real.
 */
export const databaseUsers = {
  /** Whom connections log in as; may make users and change passwords. */
  vault: 'password-of-vault',
  rotated: 'password-of-rotated',
  once: 'password-of-once',
  interrupted: 'password-of-interrupted',
  unspoken: 'password-of-unspoken',
  reporting: 'password-of-reporting',
  billing: 'password-of-billing',
  recording: 'password-of-recording',
  recorded: 'password-of-recorded',
  listed: 'password-of-listed',
  unlisted: 'password-of-unlisted',
} as const;

/** The SQL that makes them. */
export const makeDatabaseUsers = (): string =>
  Object.entries(databaseUsers)
    .map(([name, password]) => `create role "${name}" login superuser password '${password}'`)
    .join(';');
