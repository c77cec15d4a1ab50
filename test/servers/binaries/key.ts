import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Artifact } from './artifacts.ts';
import { goOutput, moduleFolder } from './go.ts';
import { pythonVersion, wheelPlatform } from './python.ts';

/** Changes whenever the built file could: tool chain, platform, recipe, or any file of the module. */
export async function cacheKey(artifact: Artifact): Promise<string> {
  const folder = moduleFolder(artifact);
  const hash = createHash('sha256');
  hash.update(JSON.stringify([await toolChain(artifact), artifact.recipe]));
  for (const file of (await readdir(folder)).toSorted()) {
    hash.update(`\0${file}\0`);
    hash.update(await readFile(join(folder, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

/** Go is asked in the module's folder, because its go.mod decides which Go is used. */
const toolChain = async (artifact: Artifact): Promise<string> => {
  switch (artifact.recipe.kind) {
    case 'wheel':
      return wheelPlatform(artifact, artifact.recipe.platforms);
    case 'python':
      return pythonVersion(artifact);
    case 'copy':
    case 'compile':
    case 'compile-patched':
      return goOutput(artifact, ['env', 'GOVERSION', 'GOOS', 'GOARCH']);
  }
};
