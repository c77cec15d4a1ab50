import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where built binaries, run folders and the state of `up` are kept, outside the repository:
 * `LAB_TEST_CACHE`, else `k8s-lab` in `XDG_CACHE_HOME`, else in `~/.cache`.
 */
export function cacheFolder(): string {
  const { LAB_TEST_CACHE, XDG_CACHE_HOME } = process.env;
  if (LAB_TEST_CACHE) return LAB_TEST_CACHE;
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'k8s-lab');
}
