import type { Path } from '../../engine/traits.ts';

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

/** Whether a key is known and comes later. */
export const isLaterKey = (path: Path): boolean => keys.some((pattern) => matches(pattern, path));

/** Whether a value is known for this key and comes later. */
export const isLaterValue = (path: Path, value: unknown): boolean =>
  Object.entries(values).some(([pattern, later]) => matches(pattern, path) && later.some((word) => word === value));
