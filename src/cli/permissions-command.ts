import { option } from '@oclif/core/flags';
import { manifestFlags } from './flags.ts';

/** Flags of both. */
export const permissionsFlags = {
  ...manifestFlags,
  only: option({
    options: ['azure', 'aws', 'vault'] as const,
    summary: "Only this system's document, for a file.",
  })(),
};
