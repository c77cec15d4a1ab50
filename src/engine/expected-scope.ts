import { LabError } from '../errors.ts';

/** The refusal of a system that is not the one that the manifest names. */
export const otherScope = (provider: string, scope: string, expected: string): LabError =>
  new LabError('GUARD', `${provider} is ${scope}, and the manifest expects ${expected}`, {
    next: 'Check the context or credentials, or correct `expect` in the manifest.',
  });
