import { type Rebuilt, rebuild } from '../engine/rebuild.ts';
import type { PlanOptions } from '../engine/world.ts';
import { progressLines, sinkTo } from '../views/progress.ts';
import type { ManifestFlags } from './flags.ts';
import type { Host } from './host.ts';
import { readManifest } from './manifest.ts';
import { stoppable } from './signals.ts';
import { storeOf } from './state-store.ts';
import { underLock } from './under-lock.ts';
import { withSystems } from './wiring.ts';

/** What is looked at: everything that the manifest asks for. */
export const wholeManifest = { mode: 'apply', targets: [], excludes: [], adopt: [] } as const;

/** Takes on record again, under the lock, what carries our mark and state does not know. Changes no object. */
export const rebuildState = (
  flags: ManifestFlags & Pick<PlanOptions, 'parallelism'>,
  lockWait: number | undefined,
  host: Host,
): Promise<Rebuilt> =>
  stoppable(undefined, async ({ abort, stop }) => {
    const manifest = await readManifest(flags, host.env);
    const opening = { manifest, sandbox: flags.sandbox === true, readOnly: false, signal: abort, host };
    return withSystems(opening, async (systems) => {
      const store = storeOf(opening, systems);
      const patience = { seconds: lockWait, stop, say: host.say };
      return underLock({ store, operation: 'state rebuild', patience }, async (held) => {
        const options = { ...wholeManifest, parallelism: flags.parallelism };
        const found = await rebuild(
          await systems.world(held.state, 'writes'),
          options,
          progressLines(sinkTo(host.say)),
        );
        if (found.records.length === 0) return found;
        const session = await held.session(found.owner.installation);
        for (const record of found.records) await session.append({ step: 'end', record });
        for (const [provider, scope] of Object.entries(found.systems)) {
          await session.append({ step: 'system', provider, scope });
        }
        return found;
      });
    });
  });
