import type { Expanded } from './expanded.ts';
import type { Manifest } from './schema/manifest.ts';

/** What others deploy and the Secrets without which it cannot start, under the names that these have in Kubernetes. */
export const deploymentNeeds = ({ install, secrets }: Manifest): Expanded['needs'] =>
  Object.fromEntries(
    Object.entries(install).map(([name, { needs = [] }]) => [
      name,
      needs.map((key) => {
        const [namespace = '', keyName = ''] = key.split('/');
        return { namespace, name: secrets[key]?.name ?? keyName };
      }),
    ]),
  );
