import type { Path } from '../../engine/path.ts';
import { type Draft, draft } from './draft.ts';

/** The issuer of the cluster's service account tokens, which a section needs to know. */
export const clusterIssuer = (path: Path): Draft =>
  draft(path, 'kubernetes.issuer', ['cluster'], { spec: {}, ownership: 'expected' });

/** It, in a field that takes references. */
export const issuerReference = '${kubernetes.issuer/cluster#issuer}';
