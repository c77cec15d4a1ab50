import { z } from 'zod';
import type { GateState } from '../../engine/gate.ts';
import type { ObjectApi } from '../../engine/ports.ts';
import { checkSettings } from '../../engine/settings.ts';
import { LabError } from '../../errors.ts';
import type { Before } from './before.ts';
import { behindGate, crdName, type Definition, group, knownVersions } from './definitions.ts';

const schema = z.strictObject({
  /** expected: its definitions are there, or it is an error. wait: somebody else installs it; until then its resources are deferred. */
  mode: z.enum(['expected', 'wait']),
  /** Where the operator runs. */
  namespace: z.string().min(1),
});

type Config = z.output<typeof schema>;

/** What the kinds of External Secrets work with: everything goes through the Kubernetes API. */
export interface EsoClient {
  readonly objects: ObjectApi;
  /** Where the operator runs, for messages. */
  readonly namespace: string;
  /** What was to be seen of objects before they were changed, by uid. */
  readonly before: Map<string, Before>;
  /** The version to read and write a kind in. Throws REJECTED if the API server serves none that lab knows. */
  readonly version: (definition: Definition) => Promise<string>;
  /** Which cluster it is: the uid of its namespace kube-system. */
  readonly scope: () => Promise<string>;
  /** For the plan's head: installed or not, and in which version. */
  readonly describe: () => Promise<string>;
  readonly gate: (name: string) => Promise<GateState>;
}

/** The connection's part of the manifest. Throws BAD_MANIFEST. */
const checkConfig = (given: unknown): Config => checkSettings(schema, given, ['install', 'external-secrets']);

/** A client over the objects of a cluster. Sends nothing yet. */
export const createClient = (given: unknown, objects: ObjectApi): EsoClient => {
  const { mode, namespace } = checkConfig(given);

  const served = async (definition: Definition): Promise<{ all: readonly string[]; best: string | undefined }> => {
    const all = await objects.versions(group, definition);
    return { all, best: knownVersions.find((version) => all.includes(version)) };
  };

  return {
    objects,
    namespace,
    before: new Map(),
    version: async (definition) => {
      const { all, best } = await served(definition);
      if (best === undefined) throw new LabError('REJECTED', unknownVersions(definition, all));
      return best;
    },
    scope: async () => {
      const system = await objects.get({ group: '', kind: 'Namespace', name: 'kube-system' });
      if (system?.metadata.uid === undefined)
        throw new LabError('UNREACHABLE', 'the cluster has no namespace kube-system');
      return system.metadata.uid;
    },
    describe: async () => {
      const { best } = await served('ExternalSecret');
      return best === undefined ? 'External Secrets, not installed yet' : `External Secrets, API ${best}`;
    },
    gate: async (name) => {
      const definition = behindGate(name);
      if (definition === undefined) return { state: 'broken', because: `External Secrets has no gate "${name}"` };
      const { all, best } = await served(definition);
      if (best !== undefined) return { state: 'open' };
      if (all.length > 0) {
        return { state: 'broken', because: unknownVersions(definition, all), next: 'Upgrade External Secrets.' };
      }
      return mode === 'wait'
        ? { state: 'shut', because: `CRD ${crdName(definition)} is not installed yet` }
        : {
            state: 'broken',
            because: `CRD ${crdName(definition)} is not installed`,
            next: `Install External Secrets in namespace ${namespace}, or set install.external-secrets.mode: wait if somebody else does.`,
          };
    },
  };
};

const unknownVersions = (definition: Definition, served: readonly string[]): string =>
  served.length === 0
    ? `the API server does not serve ${definition}`
    : `the API server serves ${definition} as ${served.join(', ')}, and lab knows ${knownVersions.join(' and ')}`;
