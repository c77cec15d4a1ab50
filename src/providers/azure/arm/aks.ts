import { z } from 'zod';
import type { AksClusters, ClusterLogin, ManagedCluster } from '../../../engine/ports.ts';
import { LabError } from '../../../errors.ts';
import { secret } from '../../../secrets/secret.ts';
import type { AzureClient } from '../client.ts';
import { type Arm, answered } from './arm.ts';
import { isGone } from './refusal.ts';

const version = '2025-10-01';

// The application that stands for every AKS cluster with Entra logins, should its kubeconfig not name it.
const aksServer = '6dae42f8-4368-4678-94ff-3960e28e3630';

const clusterShape = z.object({
  properties: z.object({
    oidcIssuerProfile: z.object({ enabled: z.boolean().optional(), issuerURL: z.string().optional() }).optional(),
  }),
});
const credentialShape = z.object({ kubeconfigs: z.array(z.object({ value: z.string() })).min(1) });

// The parse boundary: a kubeconfig as Azure makes it, with one cluster and one user.
const kubeconfigShape = z.object({
  clusters: z
    .array(z.object({ cluster: z.object({ server: z.string(), 'certificate-authority-data': z.string() }) }))
    .min(1),
  users: z
    .array(
      z.object({
        user: z.object({
          exec: z.object({ args: z.array(z.string()).nullish() }).optional(),
          token: z.string().optional(),
          'client-certificate-data': z.string().optional(),
          'client-key-data': z.string().optional(),
        }),
      }),
    )
    .min(1),
});

type KubeconfigUser = z.output<typeof kubeconfigShape>['users'][number]['user'];

/** Clusters of the subscription, reached as lab is logged in to Azure. */
export const aksClusters = ({ arm }: Pick<AzureClient, 'arm'>): AksClusters => ({
  find: async ({ resourceGroup, name }): Promise<ManagedCluster> => {
    const path = `/resourceGroups/${resourceGroup}/providers/Microsoft.ContainerService/managedClusters/${name}`;
    const absent = () =>
      new LabError('REJECTED', `there is no AKS cluster ${name} in resource group ${resourceGroup}`, {
        next: 'Check cluster.aks and expect.azure.subscription; az aks list shows what you can see.',
      });
    const found = await arm().rest<z.output<typeof clusterShape> | undefined>(
      { method: 'GET', path, version },
      answered(clusterShape).transform(({ body }) => body),
      (failure) => (isGone(failure) ? { value: undefined } : undefined),
    );
    if (found === undefined) throw absent();
    const { body } = await arm().rest(
      { method: 'POST', path: `${path}/listClusterUserCredential`, version, harmless: true },
      answered(credentialShape),
    );
    const { server, ca, user } = await readKubeconfig(body.kubeconfigs[0]?.value ?? '');
    const profile = found.properties.oidcIssuerProfile;
    return {
      name: `AKS ${name} in ${resourceGroup}`,
      server,
      ca,
      issuer: profile?.enabled === false ? undefined : profile?.issuerURL,
      login: () => loginAs(arm(), user, name),
    };
  },
});

const readKubeconfig = async (base64: string) => {
  const { parse } = await import('yaml');
  const parsed = kubeconfigShape.safeParse(parse(textOf(base64)));
  const [cluster] = parsed.data?.clusters ?? [];
  const [user] = parsed.data?.users ?? [];
  if (cluster === undefined || user === undefined) {
    throw new LabError('UNREACHABLE', 'Azure answered a kubeconfig that names no cluster or no user');
  }
  return {
    server: cluster.cluster.server.replace(/\/+$/, '').replace(/:443$/, ''),
    ca: textOf(cluster.cluster['certificate-authority-data']),
    user: user.user,
  };
};

/** Clusters with Entra logins name a program there; lab takes the token itself. Others have an account of their own. */
const loginAs = async (arm: Arm, user: KubeconfigUser, name: string): Promise<ClusterLogin> => {
  if (user.exec !== undefined) {
    const args = user.exec.args ?? [];
    const server = args[args.indexOf('--server-id') + 1];
    return { by: 'token', token: await arm.tokenFor(args.includes('--server-id') && server ? server : aksServer) };
  }
  const { token, 'client-certificate-data': certificate, 'client-key-data': key } = user;
  if (token !== undefined) return { by: 'token', token: secret(token) };
  if (certificate === undefined || key === undefined) {
    throw new LabError('UNAUTHENTICATED', `the credential of the AKS cluster ${name} holds neither token nor key`);
  }
  return { by: 'certificate', certificate: textOf(certificate), key: secret(textOf(key)) };
};

const textOf = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');
