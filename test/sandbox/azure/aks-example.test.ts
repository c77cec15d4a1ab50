import { describe, expect, test } from 'vitest';
import { armOf, subscription } from './arm.ts';
import { sandbox } from './sandbox.ts';
import { exampleOf, hasExample, missing, withoutSpecs } from './specs.ts';

// There is an example of ManagedClusters_Get, and neither a description of the service nor an example of
// ManagedClusters_ListClusterUserCredentials.
const service = 'containerservice';
const exampleName = 'ManagedClustersGet';

describe.runIf(hasExample(service, exampleName))(`a cluster of AKS, ${withoutSpecs},`, () => {
  test('is answered in the words of the example', async () => {
    const { parameters, responses } = await exampleOf(service, exampleName);
    const cluster = { endpoint: 'https://lab-1.hcp.westeurope.azmk8s.io:443', caPem: '', issuer: 'https://oic/1/' };
    const box = await sandbox({ vaults: [], subscription, clusters: { 'rg1/clustername1': cluster } });
    const path = '/resourceGroups/rg1/providers/Microsoft.ContainerService/managedClusters/clustername1';
    const arm = await armOf(box);
    const { status, body } = await arm('GET', path, 'clusters');
    expect({ status, version: parameters['api-version'] }).toEqual({ status: 200, version: '2025-10-01' });
    // What lab asks for is not in the example: its cluster has neither an issuer nor Entra logins.
    expect(missing(body, responses['200']?.body)).toEqual(['.properties.oidcIssuerProfile', '.properties.aadProfile']);
  });
});
