import { z } from 'zod';
import type { Right } from '../engine/resource.ts';
import { rightsOf } from '../engine/rights.ts';
import type { Expanded } from '../manifest/expanded.ts';
import { partitionOf } from '../manifest/schema/cloud-names.ts';
import { permissionPolicy } from '../providers/aws/permission-policy.ts';
import { roleDefinition } from '../providers/azure/arm/role-definition.ts';
import { kindsOf, providers } from '../providers/index.ts';
import type { Permissions } from '../views/permissions.ts';

// What the loader makes of the manifest's connections, as far as rights depend on it.
const connections = z.object({
  kubernetes: z
    .object({
      aks: z.object({ resourceGroup: z.string() }).optional(),
      eks: z.object({ region: z.string(), name: z.string() }).optional(),
    })
    .optional(),
  azure: z
    .object({ subscription: z.string().optional(), entered: z.array(z.object({ vault: z.string() })).default([]) })
    .optional(),
  aws: z.object({ region: z.string(), account: z.string().optional() }).optional(),
});

type Connections = z.output<typeof connections>;

/** What the clouds must allow for this manifest, and no more: what its kinds say that they call, and where its cluster is looked up. */
export const permissionsOf = (manifest: Expanded, command: 'plan' | 'apply'): Permissions => {
  const connected = connections.parse(manifest.connections);
  const all = rightsOf(manifest.resources, kindsOf(providers), command);
  const of = (provider: string): Right[] => all.flatMap((one) => (one.provider === provider ? one.right : []));
  const [azure, aws] = [azureRights(of('azure'), connected, command), [...of('aws'), ...eksRights(connected)]];
  const { region = 'us-east-1', account } = connected.aws ?? {};
  const name = `lab ${command} of ${manifest.name}, ${manifest.environment}`;
  return {
    name: manifest.name,
    environment: manifest.environment,
    ...(azure.length === 0
      ? {}
      : { azure: roleDefinition(name, azure, connected.azure?.subscription ?? 'SUBSCRIPTION') }),
    ...(aws.length === 0 ? {} : { aws: permissionPolicy(aws, { partition: partitionOf(region), account }) }),
  };
};

const azureRights = (stated: readonly Right[], { azure, kubernetes }: Connections, command: string): Right[] => {
  // By then lab has let itself into those vaults.
  const entered = new Set(command === 'apply' ? azure?.entered.map(({ vault }) => `/vaults/${vault}`) : []);
  const rights = stated.filter(({ data, on }) => data !== true || !entered.has(on));
  const { aks } = kubernetes ?? {};
  const type = 'Microsoft.ContainerService/managedClusters';
  const cluster = ['read', 'listClusterUserCredential/action'].map((action) => `${type}/${action}`);
  const on = `/resourceGroups/${aks?.resourceGroup}`;
  return [
    ...(azure?.subscription === undefined ? [] : [{ action: 'Microsoft.Resources/subscriptions/read', on: '' }]),
    ...(aks === undefined ? [] : cluster.map((action) => ({ action, on }))),
    ...rights,
  ];
};

const eksRights = ({ kubernetes }: Connections): Right[] => {
  const { eks } = kubernetes ?? {};
  if (eks === undefined) return [];
  return [{ action: 'eks:DescribeCluster', on: `arn:{partition}:eks:${eks.region}:{account}:cluster/${eks.name}` }];
};
