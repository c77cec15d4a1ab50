import type { Scenario } from '../transcript.ts';
import { customResources, definitionsThemselves } from './custom-resources.ts';
import { externalSecrets } from './external-secrets.ts';
import { leases, versions } from './leases.ts';
import { garbage, namespaces, workloads } from './lifecycles.ts';
import { lists, paths } from './lists.ts';
import { finalizers, objects } from './objects.ts';
import { ownership, refusedApplies } from './ownership.ts';
import { rights, tokens } from './rights.ts';
import { secrets } from './secrets.ts';

/** Every scenario, by the name of its transcript. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  objects,
  finalizers,
  ownership,
  'refused-applies': refusedApplies,
  secrets,
  versions,
  leases,
  lists,
  paths,
  'custom-resources': customResources,
  definitions: definitionsThemselves,
  'external-secrets': externalSecrets,
  tokens,
  rights,
  namespaces,
  garbage,
  workloads,
};
