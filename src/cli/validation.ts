import type { Diagnostic } from '../engine/change.ts';
import { buildNodes } from '../engine/node.ts';
import { LabError } from '../errors.ts';
import type { Expanded } from '../manifest/expanded.ts';
import { listEnvironments } from '../manifest/load.ts';
import { checkSharedTargets } from '../manifest/shared-targets.ts';
import { kindsOf, providers } from '../providers/index.ts';
import { problemOf } from '../views/problem.ts';
import type { Validation } from '../views/validate.ts';
import type { ManifestFlags } from './flags.ts';
import type { Host } from './host.ts';
import { load } from './manifest.ts';

/** Checks a manifest in the environment that is named, or in every one it has; asks no server and reads no secret. */
export const validateManifest = async (flags: ManifestFlags, env: Host['env']): Promise<Validation> => {
  const named = flags.environment === undefined ? await listEnvironments(flags.file) : [flags.environment];
  const checked = await Promise.all(
    (named.length === 0 ? [undefined] : named).map((environment) => check({ ...flags, environment }, env)),
  );
  const manifests = checked.flatMap(({ manifest }) => manifest ?? []);
  const diagnostics = distinct([
    ...checked.flatMap((each) => each.diagnostics),
    ...checkSharedTargets(manifests, kindsOf(providers)),
  ]);
  return {
    valid: diagnostics.every(({ severity }) => severity !== 'error'),
    environments: manifests.map(({ environment, resources }) => ({ environment, resources: resources.length })),
    diagnostics,
  };
};

interface Checked {
  readonly manifest?: Expanded;
  readonly diagnostics: readonly Diagnostic[];
}

const check = async (flags: ManifestFlags, env: Host['env']): Promise<Checked> => {
  const loaded = await load(flags, env);
  if (!loaded.ok) return loaded;
  const { manifest } = loaded;
  return { manifest, diagnostics: [...manifest.diagnostics, ...cycles(manifest)] };
};

const cycles = ({ resources }: Expanded): Diagnostic[] => {
  try {
    buildNodes(resources, kindsOf(providers));
    return [];
  } catch (error) {
    if (error instanceof LabError) return [problemOf(error)];
    throw error;
  }
};

// Most complaints are about what all environments share.
const distinct = (diagnostics: readonly Diagnostic[]): Diagnostic[] => [
  ...new Map(diagnostics.map((diagnostic) => [JSON.stringify(diagnostic), diagnostic])).values(),
];
