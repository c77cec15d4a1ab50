import type { Path } from '../../engine/path.ts';
import type { Later } from '../../engine/wording.ts';

// Words of the manifest that are settled and not built yet. A line goes when its part is built.
const keys = [
  'expect.gcp',
  'install.*.version install.*.values install.*.statefulSet',
  'cluster.gke',
  'stores.*.project',
  'secrets.*.bootstrap',
  'fingerprints.store',
].flatMap((line) => line.split(' '));

const values: Readonly<Record<string, readonly string[]>> = {
  'state.backend': ['s3', 'azure-blob', 'gcs'],
  'install.*.mode': ['helm', 'manifest'],
  'stores.*.type': ['aws-parameter-store', 'gcp-secret-manager', 'fake'],
  'stores.*.auth.type': 'pod-identity gke jwt app-role iam token cert'.split(' '),
};

const matches = (pattern: string, path: Path): boolean => {
  const parts = pattern.split('.');
  return parts.length === path.length && parts.every((part, index) => part === '*' || part === String(path[index]));
};

/** The words of the manifest that come later. */
export const comesLater: Later = {
  key: (path) => keys.some((pattern) => matches(pattern, path)),
  value: (path, value) =>
    Object.entries(values).some(([pattern, later]) => matches(pattern, path) && later.some((word) => word === value)),
};
