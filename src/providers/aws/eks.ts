import type { EksClusters, ManagedCluster } from '../../engine/ports.ts';
import { LabError } from '../../errors.ts';
import type { AwsClient } from './client.ts';

/** Clusters of the account, reached as lab is logged in to AWS. */
export const eksClusters = (client: Pick<AwsClient, 'cluster' | 'clusterToken'>): EksClusters => ({
  find: async ({ region, name }): Promise<ManagedCluster> => {
    const found = await client.cluster(region, name);
    const problem = (what: string, next: string) =>
      new LabError('REJECTED', `the EKS cluster ${name} in ${region} ${what}`, { next });
    if (found === undefined) {
      throw problem(
        'is not there',
        'Check cluster.eks and expect.aws.account; aws eks list-clusters shows what you see.',
      );
    }
    const { endpoint, certificateAuthority, identity, status } = found;
    // While a cluster is being made they are absent or empty.
    const wait = 'Wait until it is ACTIVE; aws eks describe-cluster shows what AWS tells of it.';
    if (!endpoint) throw problem(`has no endpoint (${status})`, wait);
    if (!certificateAuthority?.data) throw problem(`has no certificate authority (${status})`, wait);
    return {
      name: `EKS ${name} in ${region}`,
      server: endpoint.replace(/\/+$/, ''),
      ca: Buffer.from(certificateAuthority.data, 'base64').toString('utf8'),
      issuer: identity?.oidc?.issuer,
      login: async () => ({ by: 'token', token: await client.clusterToken(region, name) }),
    };
  },
});
