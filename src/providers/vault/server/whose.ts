import { hostname, userInfo } from 'node:os';

/** Whose run this is, for the record of an escrow: `jane@laptop`. */
export const whose = (): string => `${userName()}@${hostname()}`;

const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    // A container's user without an entry in its password file.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
};
