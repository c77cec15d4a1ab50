import { z } from 'zod';
import { LabError } from '../../../errors.ts';

/** Whether it can be a name below a database mount: Vault answers 404 "unsupported path" for any other. */
export const isDatabaseName = (name: string): boolean => /^\w([\w.-]*\w)?$/.test(name);

/** Such a name, as it is. Throws BAD_MANIFEST for what is none. */
export const databaseName = (what: string, name: string): string => {
  if (isDatabaseName(name)) return name;
  throw new LabError('BAD_MANIFEST', `"${name}" is not a name for a ${what} of Vault`, {
    next: 'Use letters, digits, "_", "-" and ".", with a letter, digit or "_" at both ends.',
  });
};

/** The name of a connection, where a role says which is its own. */
export const connectionName = () => z.string().refine(isDatabaseName, 'is no name of a database connection');
