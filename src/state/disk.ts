import { LabError } from '../errors.ts';
import { type DiskFailure, diskFailure } from '../secrets/disk-failure.ts';

/** Does work on a file; what the file system refuses becomes BAD_STATE with the next step. */
export const onDisk = async <Result>(
  act: 'read' | 'write',
  path: string,
  work: () => Promise<Result>,
): Promise<Result> => {
  try {
    return await work();
  } catch (error) {
    const failure = diskFailure(error);
    if (failure === undefined) throw error;
    throw new LabError('BAD_STATE', `cannot ${act} ${path}: ${failure.reason}`, { next: cure(failure, path) });
  }
};

const cure = ({ code }: DiskFailure, path: string): string => {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'Free some disk space and run lab again: it goes on from what the journal holds.';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `Make ${path} and its folder readable and writable for you, then run lab again.`;
    default:
      return `Put right what is in the way at ${path}, then run lab again: it goes on from what the journal holds.`;
  }
};
