import type { AksCluster, ArmCall } from './call.ts';
import { entryOf } from './content.ts';
import { resourceNotFound } from './refusal.ts';
import type { ArmResult } from './result.ts';

/** The application that stands for AKS in every tenant. */
export const aksServer = '6dae42f8-4368-4678-94ff-3960e28e3630';

const type = 'Microsoft.ContainerService/managedClusters';

/** Runs where the cluster is there. */
const ofCluster = (call: ArmCall, run: (cluster: AksCluster, group: string, name: string) => ArmResult): ArmResult => {
  const [group = '', name = ''] = call.params;
  const found = entryOf({ ...call.clusters }, `${group}/${name}`);
  return found === undefined ? resourceNotFound(type, name, group) : run(found, group, name);
};

export const getCluster = (call: ArmCall): ArmResult =>
  ofCluster(call, ({ endpoint, issuer }, group, name) => ({
    status: 200,
    json: {
      id: `/subscriptions/${call.subscription}/resourceGroups/${group}/providers/${type}/${name}`,
      name,
      type,
      location: 'westeurope',
      properties: {
        provisioningState: 'Succeeded',
        fqdn: new URL(endpoint).hostname,
        oidcIssuerProfile: issuer === undefined ? { enabled: false } : { enabled: true, issuerURL: issuer },
        aadProfile: { managed: true, enableAzureRBAC: true, tenantID: call.tenant },
      },
    },
  }));

/** A kubeconfig: with Entra logins it names a program and holds no secret. */
export const listUserCredential = (call: ArmCall): ArmResult =>
  ofCluster(call, ({ endpoint, caPem, account }, group, name) => {
    const user = `clusterUser_${group}_${name}`;
    const args = [
      'get-token',
      '--environment',
      'AzurePublicCloud',
      '--server-id',
      aksServer,
      '--tenant-id',
      call.tenant,
    ];
    const exec = { apiVersion: 'client.authentication.k8s.io/v1beta1', command: 'kubelogin', args, env: null };
    const certificate = Buffer.from(caPem).toString('base64');
    // JSON is YAML too.
    const kubeconfig = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name, cluster: { server: endpoint, 'certificate-authority-data': certificate } }],
      users: [{ name: user, user: account === undefined ? { exec } : localUser(account) }],
      contexts: [{ name, context: { cluster: name, user } }],
      'current-context': name,
    });
    const value = Buffer.from(kubeconfig).toString('base64');
    return { status: 200, json: { kubeconfigs: [{ name: 'clusterUser', value }] } };
  });

const localUser = ({ certificate, key }: NonNullable<AksCluster['account']>) => ({
  'client-certificate-data': Buffer.from(certificate).toString('base64'),
  'client-key-data': Buffer.from(key).toString('base64'),
});
