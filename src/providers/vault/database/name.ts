import { LabError } from '../../../errors.ts';

/** A name below a database mount. Vault answers 404 "unsupported path" for one outside this pattern. */
export const databaseName = (what: string, name: string): string => {
  if (/^\w([\w.-]*\w)?$/.test(name)) return name;
  throw new LabError('BAD_MANIFEST', `"${name}" is not a name for a ${what} of Vault`, {
    next: 'Use letters, digits, "_", "-" and ".", with a letter, digit or "_" at both ends.',
  });
};
