import { stat } from 'node:fs/promises';
import { dirname, join, normalize, resolve } from 'node:path';
import { type Checked, complaint, failed } from './complaint.ts';
import { readText } from './files.ts';

/** A manifest as it was read. */
export interface ManifestFile {
  /** As the user named it, relative to the working directory: what complaints show. */
  readonly file: string;
  /** Absolute. */
  readonly folder: string;
  readonly text: string;
  readonly bytes: Buffer;
}

/** Reads the manifest at a path: a file, or a folder with lab.yaml or lab.yml. */
export const readManifestFile = async (path: string): Promise<Checked<ManifestFile>> => {
  const candidates = (await isFolder(path))
    ? ['lab.yaml', 'lab.yml'].map((name) => join(path, name))
    : [normalize(path)];
  for (const file of candidates) {
    const read = await readText(file);
    if (read.ok)
      return { ok: true, value: { file, folder: resolve(dirname(file)), text: read.text, bytes: read.bytes } };
    if (!read.missing) return failed([complaint({ file, line: 1, col: 1, path: '' }, `${file} ${read.problem}`)]);
  }
  const text = candidates.length > 1 ? `there is no lab.yaml in ${path}` : `${candidates[0]} does not exist`;
  return failed([complaint(undefined, `${text}; name one with -f, or write a first one with lab init`)]);
};

const isFolder = async (path: string): Promise<boolean> => {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true;
};
