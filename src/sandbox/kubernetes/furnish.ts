import { bootstrapBindings, bootstrapRoles } from './access/bootstrap-roles.ts';
import { builtInType, type Cluster } from './cluster.ts';
import type { KubeObject } from './object.ts';
import type { ResourceType } from './resource-type.ts';
import { createObject } from './writing/create.ts';

const namespaces: readonly KubeObject[] = ['kube-system', 'kube-public', 'kube-node-lease', 'default'].map((name) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
}));

/** Creates what every cluster has from the start, where it is missing; then the definitions that come with it. */
export const furnishCluster = (cluster: Cluster, definitions: readonly KubeObject[]): void => {
  const objects = [...namespaces, ...bootstrapRoles, ...bootstrapBindings, ...definitions];
  for (const object of objects) {
    const type: ResourceType = builtInType(object.kind);
    if (cluster.storage.get(type, '', object.metadata.name) !== undefined) continue;
    createObject(cluster, type, '', { object }, { manager: 'kube-apiserver' });
  }
};
