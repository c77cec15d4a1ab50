import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

/** Fails if oclif.manifest.json is not what the commands in src come to. Builds in a folder of its own, so dist does not matter. */
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'lab-manifest-'));

const run = (program: string, ...words: readonly string[]) =>
  execFileSync(process.execPath, [join(root, 'node_modules', program), ...words], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production' },
  });

const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

try {
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  run(
    '@typescript/native/bin/tsc',
    '-p',
    join(root, 'tsconfig.build.json'),
    '--noCheck',
    '--outDir',
    join(folder, 'dist'),
  );
  run('oclif/bin/run.js', 'manifest', '.');
  const [fresh, committed] = [join(folder, 'oclif.manifest.json'), join(root, 'oclif.manifest.json')].map(read);
  const isSame = isDeepStrictEqual(fresh, committed);
  console.log(
    isSame ? 'oclif.manifest.json is up to date' : 'oclif.manifest.json is stale: npm run build, and commit it',
  );
  process.exitCode = isSame ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
