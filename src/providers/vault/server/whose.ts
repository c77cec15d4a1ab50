import { hostname, userInfo } from 'node:os';

/** Whose run it is: `jane@laptop`, and in CI where its log is. */
export interface Author {
  readonly by: string;
  readonly run?: string;
}

/** Whose run this is, for the record of an escrow. */
export const authorOf = (run: string | undefined): Author => ({
  by: `${userName()}@${hostname()}`,
  ...(run === undefined ? {} : { run }),
});

const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    // A container's user without an entry in its password file.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
};
