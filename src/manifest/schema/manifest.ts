import { z } from 'zod';
import { duration } from '../../engine/fields.ts';
import { accountId, region, resourceGroupName, subscriptionId, tenantId } from './cloud-names.ts';
import { labName, namespaced, namespacedKey, namespaceName, objectName } from './names.ts';
import { secretEntry } from './secrets.ts';
import { storeKey } from './source.ts';
import { store } from './stores.ts';
import { vaultSection } from './vault.ts';

const cluster = z
  .strictObject({
    context: z.string().min(1).optional().describe('A context of the kubeconfig; lab never takes the current one'),
    kubeconfig: z.string().min(1).optional().describe('Default: what kubectl would read'),
    aks: z
      .strictObject({ resourceGroup: resourceGroupName(), name: z.string().min(1) })
      .optional()
      .describe('A cluster of AKS: address, certificate authority and issuer are read from Azure'),
    eks: z
      .strictObject({ region: region(), name: z.string().min(1) })
      .optional()
      .describe('A cluster of EKS: the same from AWS'),
  })
  .superRefine((given, check) => {
    const named = (['context', 'aks', 'eks'] as const).filter((way) => given[way] !== undefined);
    const wrong = (message: string) => check.addIssue({ code: 'custom', path: [], message });
    if (named.length === 0) wrong('names none of context, aks, eks');
    if (named.length > 1) wrong(`names ${named.join(' and ')}; an environment takes one away with !remove`);
    if (given.kubeconfig !== undefined && given.context === undefined) wrong('kubeconfig goes with context');
  });

const stateNamespace = 'lab-system';

const state = z.strictObject({
  backend: z
    .enum(['local', 'kubernetes'])
    .default('local')
    .describe('local: files beside the manifest; kubernetes: Secrets and a Lease in the cluster'),
  namespace: namespaceName().default(stateNamespace).describe('Where in the cluster; made if it is missing'),
});

const fingerprints = z.strictObject({
  secret: namespaced().optional().describe('NAMESPACE/NAME of a Secret of its own; made if it is missing'),
  store: storeKey()
    .optional()
    .describe('STORE/KEY: a secret of its own in a store with expose: none; made if it is missing'),
});

const installed = z.strictObject({
  mode: z.enum(['expected', 'wait']).describe('expected: must be there now; wait: somebody else deploys it'),
  timeout: duration().optional(),
  namespace: namespaceName().optional(),
  serviceAccount: objectName().optional(),
  needs: z.array(namespacedKey()).optional().describe('Entries of `secrets` without which it cannot start'),
});

const resource = z
  .object({
    dependsOn: z.array(z.string()).default([]).describe('Addresses that come first'),
    manage: z.enum(['create', 'existing']).default('create').describe('existing: read, never written'),
    contribute: z.boolean().default(false).describe('Own only the fields that stand here'),
  })
  .catchall(z.json());

/** The whole manifest, after overlay and variables. */
export const manifestSchema = z.strictObject({
  apiVersion: z.literal('lab/v1'),
  name: labName().describe('Name + environment + installation own state, lock and marks'),
  vars: z
    .record(
      z.string().regex(/^[A-Za-z][\w-]*$/, 'is no name of a variable; use letters, digits, "_" and "-"'),
      z.string(),
    )
    .default({}),
  expect: z
    .strictObject({
      kubernetes: z
        .strictObject({ uid: z.uuid('is no UID; kubectl get namespace kube-system -o yaml shows it') })
        .optional(),
      azure: z.strictObject({ tenant: tenantId(), subscription: subscriptionId().optional() }).optional(),
      aws: z.strictObject({ account: accountId() }).optional(),
    })
    .optional()
    .describe('Identity of the systems, checked before the first read'),
  state: state.default({ backend: 'local', namespace: stateNamespace }),
  fingerprints: fingerprints
    .optional()
    .describe('Where the key lies by which secrets are recognised; default: a file of the user'),
  cluster: cluster.optional(),
  install: z.record(labName(), installed).default({}),
  stores: z.record(labName(), store).default({}),
  secrets: z.record(namespacedKey(), secretEntry).default({}),
  vault: vaultSection.optional(),
  resources: z.record(z.string(), resource).default({}).describe('Any kind, by address'),
  allowDestroy: z.boolean().default(false),
  allowIrreversible: z
    .array(z.string())
    .default([])
    .describe('Exact addresses whose one-way steps may be taken; no wildcard'),
  defaultEnvironment: labName().optional(),
  environments: z.record(labName(), z.union([z.record(z.string(), z.json()), z.null()])).optional(),
});

/** A manifest with its sections parsed. */
export type Manifest = z.output<typeof manifestSchema>;

/** Where the cluster is. */
export type Cluster = z.output<typeof cluster>;
