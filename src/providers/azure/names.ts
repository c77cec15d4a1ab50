import { LabError } from '../../errors.ts';

/** A key vault's name: 3 to 24 letters, digits and single dashes. Part of a host name. */
export const vaultNamePattern = /^(?=.{3,24}$)[a-z](?:-?[a-z0-9])*$/i;

/** The identity of a vault. Throws BAD_MANIFEST on names that Azure refuses. */
export const vaultId = ([vault = '']: readonly string[]): readonly [vault: string] => {
  if (vaultNamePattern.test(vault)) return [vault.toLowerCase()];
  throw new LabError('BAD_MANIFEST', `"${vault}" cannot be the name of a key vault`, {
    next: 'It has 3 to 24 letters, digits and single dashes, and begins with a letter.',
  });
};

/** The parts of a secret's identity. Azure compares both without regard to case. Throws BAD_MANIFEST on names that it refuses. */
export const secretId = ([vault = '', name = '']: readonly string[]): readonly [vault: string, name: string] => {
  if (!/^[0-9A-Za-z-]{1,127}$/.test(name)) {
    throw new LabError('BAD_MANIFEST', `"${name}" cannot be the name of a secret in a key vault`, {
      next: 'It has at most 127 letters, digits and dashes: no underscore, dot or slash.',
    });
  }
  return [...vaultId([vault]), name.toLowerCase()];
};
