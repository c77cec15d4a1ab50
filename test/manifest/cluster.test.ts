import { describe, expect, test } from 'vitest';
import { complaintsAbout, expanded } from './support/load.ts';

const head = 'apiVersion: lab/v1\nname: demo\n';
const store = 'stores: { s: { type: kubernetes, namespace: n, expose: none } }\n';
const tenant = '7c1e0000-0000-0000-0000-000000000001';
const subscription = '7c1e0000-0000-0000-0000-000000000002';

const manifest = (cluster: string, expects = '{}') => `${head}cluster: ${cluster}\nexpect: ${expects}\n${store}`;

describe('a cluster of a cloud', () => {
  test('is looked up in that cloud, which gets a connection for it', async () => {
    const azure = `{ azure: { tenant: ${tenant}, subscription: ${subscription} } }`;
    expect((await expanded(manifest('{ aks: { resourceGroup: Lab, name: prod } }', azure))).connections).toEqual({
      kubernetes: { aks: { resourceGroup: 'lab', name: 'prod' } },
      azure: { tenant, subscription, vaults: [], credential: { type: 'ambient' } },
    });
    expect((await expanded(manifest('{ eks: { region: eu-west-1, name: prod } }'))).connections).toEqual({
      kubernetes: { eks: { region: 'eu-west-1', name: 'prod' } },
      aws: { region: 'eu-west-1', credential: { type: 'ambient' } },
    });
  });

  test('asks no cloud where nothing is in the cluster', async () => {
    const alone = `${head}cluster: { eks: { region: eu-west-1, name: prod } }\n`;
    expect((await expanded(alone)).connections).toEqual({});
  });

  test('is checked offline', async () => {
    const all = await Promise.all(
      [
        '{ aks: { resourceGroup: lab, name: prod } }',
        '{}',
        '{ context: c, eks: { region: eu-west-1, name: prod } }',
        '{ kubeconfig: file, eks: { region: europe, name: prod } }',
        '{ gke: {} }',
      ].map((cluster) => complaintsAbout(manifest(cluster))),
    );
    expect(all.flat()).toMatchInlineSnapshot(`
      [
        "lab.yaml:3:12 cluster.aks: needs expect.azure.subscription; az account show has it as id",
        "lab.yaml:3:1 cluster: names none of context, aks, eks",
        "lab.yaml:3:1 cluster: names context and eks; an environment takes one away with !remove",
        "lab.yaml:3:1 cluster: kubeconfig goes with context",
        "lab.yaml:3:45 cluster.eks.region: is no AWS region; write us-east-1",
        "lab.yaml:3:12 cluster.gke: is not supported yet",
      ]
    `);
  });
});
