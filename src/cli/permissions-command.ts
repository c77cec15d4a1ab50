import { option } from '@oclif/core/flags';
import { manifestFlags } from './flags.ts';

/** Flags of both. */
export const permissionsFlags = {
  ...manifestFlags,
  cloud: option({
    options: ['azure', 'aws'] as const,
    summary: "Only this cloud's document, for a file.",
  })(),
};
