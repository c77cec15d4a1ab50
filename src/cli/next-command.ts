import type { ManifestFlags } from './flags.ts';

/** The command to type next, with the flags that say which manifest is meant. */
export const nextCommand = (
  words: readonly string[],
  flags: Partial<ManifestFlags>,
  more: readonly string[] = [],
): string =>
  [
    'lab',
    ...words,
    ...(flags.file === undefined || flags.file === '.' ? [] : ['-f', flags.file]),
    ...(flags.environment === undefined ? [] : ['-e', flags.environment]),
    ...(flags.var ?? []).flatMap((pair) => ['--var', pair]),
    ...more,
  ]
    .map(quoted)
    .join(' ');

// For a POSIX shell.
const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
