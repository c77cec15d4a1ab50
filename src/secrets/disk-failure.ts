import { getSystemErrorMap } from 'node:util';

/** What the file system answered instead of doing what it was asked. */
export interface DiskFailure {
  /** `ENOENT` */
  readonly code: string;
  /** `no such file or directory` */
  readonly reason: string;
}

/** The file system's part of an error; undefined for everything that it did not say. */
export const diskFailure = (error: unknown): DiskFailure | undefined => {
  if (!(error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string')) {
    return undefined;
  }
  const number = 'errno' in error && typeof error.errno === 'number' ? error.errno : 0;
  return { code: error.code, reason: getSystemErrorMap().get(number)?.[1] ?? error.code };
};
