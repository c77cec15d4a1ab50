import { localStore } from '../state/local.ts';
import type { LockingStore } from '../state/store.ts';
import type { Ground } from './ground.ts';
import { runLink } from './run-link.ts';
import { placeOf } from './state-place.ts';
import type { Systems } from './wiring.ts';

/** The state where the manifest says that it is kept; the sandbox's lies in the sandbox. */
export const storeOf = async ({ manifest, sandbox, host }: Ground, systems: Systems): Promise<LockingStore> => {
  const run = runLink(host.env);
  const common = { report: host.report, ...(run === undefined ? {} : { run }) };
  switch (manifest.state.backend) {
    case 'local':
      return localStore({ ...placeOf(manifest, sandbox), ...common });
    case 'kubernetes': {
      const { namespace } = manifest.state;
      const { name, environment } = manifest;
      const objects = await systems.ownObjects();
      const [{ clusterStore, describePlace }, { localSource }] = await Promise.all([
        import('../state/cluster/store.ts'),
        import('../state/local-source.ts'),
      ]);
      const place = { namespace, name, environment };
      const source = localSource({ ...placeOf(manifest, sandbox), ...common }, describePlace(place));
      return clusterStore({ objects, place, source, ...common });
    }
  }
};
