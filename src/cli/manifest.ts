import { LabError } from '../errors.ts';
import type { Expanded, Loaded } from '../manifest/expanded.ts';
import { loadManifest } from '../manifest/load.ts';
import { kindsOf, providers } from '../providers/index.ts';
import type { ManifestFlags } from './flags.ts';
import type { Host } from './host.ts';
import { manifestErrors } from './problems.ts';

/** Loads the manifest that the flags name, with one environment's overlay; complaints are part of the answer. */
export const load = (flags: ManifestFlags, env: Host['env']): Promise<Loaded> =>
  loadManifest({
    path: flags.file,
    environment: flags.environment,
    vars: variables(flags.var),
    kinds: kindsOf(providers),
    env,
  });

/** The manifest that the flags name. Throws with every complaint about it. */
export const readManifest = async (flags: ManifestFlags, env: Host['env']): Promise<Expanded> => {
  const loaded = await load(flags, env);
  if (loaded.ok) return loaded.manifest;
  throw manifestErrors(loaded.diagnostics);
};

const variables = (pairs: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    pairs.map((pair) => {
      const [name = ''] = pair.split('=', 1);
      if (name !== '' && name.length < pair.length) return [name, pair.slice(name.length + 1)];
      throw new LabError('BAD_MANIFEST', '--var takes NAME=VALUE', { next: 'For example: --var region=eu-west-1' });
    }),
  );
