import type { Resource } from '../../src/engine/resource.ts';
import { type Fields, reference, type Value } from '../../src/engine/value.ts';
import { resource } from '../support/world.ts';
import { account, issuer, value } from './bench.ts';

const at = (kind: string, parts: readonly string[], spec: Fields, more: Parameters<typeof resource>[2] = {}) =>
  resource([kind, ...parts.map(encodeURIComponent)].join('/'), spec, more);
const output = (kind: string, parts: readonly string[], name: string): Value =>
  reference([{ address: [kind, ...parts].join('/'), output: name }]);

/** The links of a chain in Azure, each as it should be unless said otherwise. */
export interface AzureLinks {
  readonly issuer?: string;
  readonly subject?: string;
  readonly audience?: string;
  /** null: none. */
  readonly clientId?: string | null;
  /** The secret that the role is on. */
  readonly roleOn?: string;
}

const user = 'Key Vault Secrets User';
const officer = at('azure.role-assignment', ['lab', 'chain-kv', 'self', 'Key Vault Secrets Officer'], {
  principalId: 'self',
});

/** From a service account to `team-app` in the vault `chain-kv`, and beside it `team-db`. */
export const azureChain = (links: AzureLinks = {}): readonly Resource[] => {
  const { clientId = output('azure.managed-identity', ['lab', 'eso'], 'clientId') } = links;
  return [
    at('azure.resource-group', ['lab'], { location: 'westeurope' }),
    at('azure.key-vault', ['chain-kv'], { resourceGroup: 'lab', location: 'westeurope' }),
    at('azure.managed-identity', ['lab', 'eso'], {}),
    at('azure.federated-credential', ['lab', 'eso', 'cluster'], {
      issuer: links.issuer ?? issuer,
      subject: links.subject ?? 'system:serviceaccount:eso:azure',
      audiences: [links.audience ?? 'api://AzureADTokenExchange'],
    }),
    at('azure.role-assignment', ['lab', 'chain-kv', links.roleOn ?? 'team-app', 'eso', user], {
      principalId: output('azure.managed-identity', ['lab', 'eso'], 'principalId'),
    }),
    officer,
    ...['team-app', 'team-db'].map((name) => at('azure.key-vault-secret', ['chain-kv', name], { value })),
    at('kubernetes.namespace', ['eso'], {}),
    at(
      'kubernetes.service-account',
      ['eso', 'azure'],
      clientId === null ? {} : { annotations: { 'azure.workload.identity/client-id': clientId } },
    ),
  ];
};

/** The links of a chain in AWS. */
export interface AwsLinks {
  readonly issuer?: string;
  readonly account?: string;
  readonly audience?: string;
  /** null: none. */
  readonly role?: string | null;
  /** The secret that the policy names. */
  readonly readable?: string;
}

/** From a service account to `team/app` in eu-west-1, and beside it `team/db`. */
export const awsChain = (links: AwsLinks = {}): readonly Resource[] => {
  const { role = `arn:aws:iam::${account}:role/eso` } = links;
  return [
    at('aws.iam-oidc-provider', ['cluster'], { issuer, audiences: ['sts.amazonaws.com'] }),
    at('aws.iam-role', ['eso'], {
      trust: {
        issuer: links.issuer ?? issuer,
        audience: links.audience ?? 'sts.amazonaws.com',
        serviceAccounts: [links.account ?? 'eso/aws'],
      },
    }),
    at('aws.iam-policy', ['eso'], {
      reads: [{ region: 'eu-west-1', names: [links.readable ?? 'team/app'], prefixes: [] }],
    }),
    at('aws.iam-role-policy-attachment', ['eso', 'eso'], {}),
    ...['team/app', 'team/db'].map((name) => at('aws.secrets-manager-secret', ['eu-west-1', name], { value })),
    at('kubernetes.namespace', ['eso'], {}),
    at(
      'kubernetes.service-account',
      ['eso', 'aws'],
      role === null ? {} : { annotations: { 'eks.amazonaws.com/role-arn': role } },
    ),
    at('kubernetes.service-account', ['eso', 'other'], {}),
  ];
};

/** What External Secrets makes of one: a store and an ExternalSecret that reads the key. */
export const reading = (provider: Fields, key: string): readonly Resource[] => [
  at('external-secrets.cluster-secret-store', ['store'], { provider }),
  at('external-secrets.external-secret', ['eso', 'app'], {
    store: { name: 'store', kind: 'ClusterSecretStore' },
    target: { name: 'app', creationPolicy: 'Owner' },
    data: [{ key: 'value', remote: { key } }],
  }),
];
