import { around } from '../state/cluster/around.ts';
import type { ClusterPlace } from '../state/cluster/place.ts';
import type { LocalPlace } from '../state/local.ts';
import { localStore } from '../state/local.ts';
import { filesOf } from '../state/local-files.ts';
import { readMoved } from '../state/moved.ts';
import type { LockingStore } from '../state/store.ts';
import { untilReached } from '../state/until-reached.ts';
import type { Ground } from './ground.ts';
import { runLink } from './run-link.ts';
import { placeOf } from './state-place.ts';
import type { Systems } from './wiring.ts';

/** The state where the manifest says that it is kept; the sandbox's lies in the sandbox. */
export const storeOf = ({ manifest, sandbox, host }: Ground, systems: Systems): LockingStore => {
  const { report, env } = host;
  const run = runLink(env);
  const here: LocalPlace = { ...placeOf(manifest, sandbox), report, ...(run === undefined ? {} : { run }) };
  switch (manifest.state.backend) {
    case 'local':
      return localStore(here);
    case 'kubernetes': {
      const { name, environment } = manifest;
      const { namespace } = manifest.state;
      let answered = false;
      const noting = async <Result>(call: () => Promise<Result>): Promise<Result> => {
        const result = await call();
        answered = true;
        return result;
      };
      return untilReached({
        cluster: clusterOnce(systems, { namespace, name, environment }, here, noting),
        hasAnswered: () => answered,
        local: localStore(here),
        hasMoved: async () => (await readMoved(filesOf(here))) !== undefined,
        // Set by all well-known CI systems.
        lasts: !env['CI'],
        report,
      });
    }
  }
};

// One store for a whole run: it learns from one try to the next how long a lock has been silent.
const clusterOnce = (...given: Parameters<typeof openCluster>): (() => Promise<LockingStore>) => {
  let opened: LockingStore | undefined;
  return async () => {
    opened ??= await openCluster(...given);
    return opened;
  };
};

const openCluster = async (
  systems: Systems,
  place: ClusterPlace,
  here: LocalPlace,
  noting: Parameters<typeof around>[1],
): Promise<LockingStore> => {
  const [objects, { clusterStore, describePlace }, { localSource }] = await Promise.all([
    systems.ownObjects(),
    import('../state/cluster/store.ts'),
    import('../state/local-source.ts'),
  ]);
  const { report, run } = here;
  return clusterStore({
    objects: around(objects, noting),
    place,
    source: localSource(here, describePlace(place)),
    ...(report === undefined ? {} : { report }),
    ...(run === undefined ? {} : { run }),
  });
};
