/** Where the cluster runs. */
export type Platform = 'kind' | 'aks' | 'eks';

interface Given {
  readonly name: string;
  readonly context: string;
  /** A key vault's: unique in the world. */
  readonly vault: string;
}

/** A commented manifest to start from; lab plan works on it as it is. */
export const starterText = (platform: Platform, given: Given): string =>
  [head(given), platform === 'aks' ? keyVault(given) : stores[platform], rest].join('\n');

// JSON strings are YAML strings, whatever is in them.
const head = ({
  name,
  context,
}: Given): string => `# What this cluster's secrets need, in one file. lab plan shows what would be done, lab apply does it.
# Every key: lab schema > lab.schema.json, and name that file to your editor:
# yaml-language-server: $schema=lab.schema.json
apiVersion: lab/v1
name: ${JSON.stringify(name)} # with the environment, the owner of everything that lab makes

cluster: { context: ${JSON.stringify(context)} } # a context of your kubeconfig; lab never takes the current one

# External Secrets is deployed by somebody else (Helm, GitOps): wait = its resources are deferred until it is there.
install:
  external-secrets: { mode: wait, namespace: external-secrets, serviceAccount: external-secrets }
`;

const standIn = (why: string): string => `# Where secret values live, and how External Secrets reads them.
# ${why}
stores:
  team:
    type: kubernetes
    namespace: team-secrets
    auth: { type: service-account, serviceAccount: external-secrets/external-secrets }
`;

const keyVault = ({
  name,
  vault,
}: Given): string => `# Where secret values live, and how External Secrets reads them: a key vault that lab makes, with no credential anywhere.
# lab plan --sandbox works as it is; before a plan in Azure put your own ids here (az account show), or lab stops.
expect:
  azure: { tenant: 00000000-0000-4000-8000-000000000000, subscription: 00000000-0000-4000-8000-000000000001 }

stores:
  team:
    type: azure-key-vault
    manage: create
    name: ${vault} # unique in the world
    resourceGroup: ${JSON.stringify(`${name}-secrets`)} # made if it is not there
    location: westeurope
    auth:
      type: workload-identity # External Secrets becomes this identity with a token of the cluster
      serviceAccount: external-secrets/external-secrets
      identity: { create: ${JSON.stringify(`${name}-eso`)} }
      grant: per-secret
`;

const stores = {
  kind: standIn('A namespace of the cluster stands in for a cloud store.'),
  eks: standIn('A namespace of the cluster stands in for AWS Secrets Manager: try the chain before you have access.'),
} as const satisfies Record<Exclude<Platform, 'aks'>, string>;

const rest = `# NAMESPACE/NAME of the Kubernetes Secret, and where each of its keys comes from.
secrets:
  demo/api-token:
    readFrom: team
    refresh: 1h
    keys:
      # Made by lab once, when the store has no api-token yet. Your own value instead: value: { env: API_TOKEN }
      token: { at: api-token, value: { generate: { length: 32 } } }

allowDestroy: true # lab destroy may delete it all again; take this line out where that must not be
`;
