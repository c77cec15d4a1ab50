import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../../../src/engine/provider.ts';
import type { BoundKind, Settled } from '../../../src/engine/resource.ts';
import type { Fields } from '../../../src/engine/value.ts';
import { externalSecrets } from '../../../src/providers/external-secrets/index.ts';
import { connect, contextWith } from '../kubernetes/cluster.ts';

/** lab's connections to the shared cluster and to the operator in it. */
export const connectOperator = async (): Promise<[cluster: Connection, operator: Connection]> => {
  const cluster = await connect();
  const { objects } = cluster.offers;
  if (objects === undefined) throw new Error('the kubernetes provider offers no objects');
  const context = contextWith();
  const operator = await externalSecrets.connect(
    { mode: 'expected', namespace: 'external-secrets' },
    { ...context, ports: { ...context.ports, objects: async () => objects } },
  );
  return [cluster, operator];
};

/** One object with the steps of an apply: read, write, and wait. */
export const actor = (kind: BoundKind, ...id: readonly string[]) => {
  const poll = async (until: (settled: Settled) => boolean): Promise<Settled> => {
    const end = performance.now() + 45_000;
    for (;;) {
      const settled = (await kind.settled(id, spec)) ?? { state: 'done' };
      if (until(settled)) return settled;
      if (performance.now() > end) throw new Error(`${id.join('/')} came only to ${JSON.stringify(settled)}`);
      await sleep(50);
    }
  };
  let spec: Fields = {};
  return {
    read: () => kind.read(id, spec),
    put: async (wanted: Fields, removed: readonly string[] = []): Promise<void> => {
      spec = wanted;
      for (;;) {
        const live = await kind.read(id, spec);
        try {
          return await kind.write({ id, spec, live, mark: 'real/test/0', fingerprints: {}, removed });
        } catch (error) {
          // External Secrets may touch the object in between; the engine reads again too.
          if (!(error instanceof Error && Reflect.get(error, 'code') === 'MOVED')) throw error;
        }
      }
    },
    settled: () => kind.settled(id, spec),
    /** What it comes to once it no longer waits. */
    ended: () => poll(({ state }) => state !== 'waiting'),
    /** The first answer that gives this reason, or that it is done after all. */
    says: (because: RegExp) => poll((settled) => settled.state === 'done' || because.test(settled.because)),
    remove: () => kind.remove(id),
    keep: () => kind.keep(id),
  };
};
