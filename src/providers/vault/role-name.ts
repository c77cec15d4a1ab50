import { LabError } from '../../errors.ts';

/** The name of a role, as it is. Vault answers 404 "unsupported path" for one outside this pattern. Throws BAD_MANIFEST. */
export const roleName = (name: string): string => {
  if (/^\w([\w.-]*\w)?$/.test(name)) return name;
  throw new LabError('BAD_MANIFEST', `"${name}" is not a name for a Vault role`, {
    next: 'Use letters, digits, "_", "-" and ".", with a letter, digit or "_" at both ends.',
  });
};
