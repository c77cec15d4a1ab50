import { address } from '../../engine/address.ts';
import type { Path } from '../../engine/path.ts';
import type { Fields } from '../../engine/value.ts';
import type { AwsStore, IamUserAuth, IrsaAuth } from '../schema/store-aws.ts';
import { escape } from '../text.ts';
import { clusterIssuer, issuerReference } from './cluster-issuer.ts';
import { defined } from './defined.ts';
import { draft, type Found, type Given, namespaceDraft, wrong } from './draft.ts';
import { readSecrets } from './reads.ts';
import { credential } from './store-credential.ts';

// ESO asks for tokens with this audience. Source: its AWS provider; the EKS user guide has the same.
const audience = 'sts.amazonaws.com';
const roleAnnotation = 'eks.amazonaws.com/role-arn';

/** A store whose role lab makes. */
interface Made {
  readonly store: string;
  readonly region: string;
  /** The role's name. */
  readonly principal: string;
  readonly auth: IrsaAuth;
}

/** What External Secrets needs in AWS to take a role on for this store: who is let in, the role, its rights; and the annotation. */
export function* expandIrsa(given: Given, name: string, auth: IrsaAuth): Generator<Found> {
  const path = ['stores', name, 'auth'];
  yield* account(path, auth);
  const made = madeIn(given);
  const own = made.find(({ store }) => store === name);
  if (own === undefined) return;
  const { principal: role } = own;
  const provider = providerName(given);
  // One provider a cluster and one role an identity, however many stores use them; the first of these asks for it.
  if (made[0]?.store === name) {
    yield clusterIssuer(path);
    yield draft(path, 'aws.iam-oidc-provider', [provider], {
      spec: { issuer: issuerReference, audiences: [audience] },
    });
  }
  const users = made.filter((other) => other.principal === role);
  if (users[0]?.store === name) {
    yield draft([...path, 'identity'], 'aws.iam-role', [role], {
      spec: { trust: { issuer: issuerReference, audience, serviceAccounts: accountsOf(users) } },
      after: [address('aws.iam-oidc-provider', provider)],
    });
  }
  const policy = yield* readPolicy(given, own);
  if (policy !== undefined) yield draft(path, 'aws.iam-role-policy-attachment', [role, policy], { spec: {} });
}

/** The user that External Secrets is for this store, its rights, and its key: from the secret that keeps it into the cluster. */
export function* expandIamUser(given: Given, { name, region, auth, namespaces }: UserStore): Generator<Found> {
  const path = ['stores', name, 'auth'];
  const { user, rotation, previousKey } = auth;
  const record = auth.record ?? `lab-access-key-${user}`;
  yield draft(path, 'aws.iam-access-key', [user], {
    spec: defined({ record: { region, name: record }, rotation: rotation && escape(rotation), previousKey }),
  });
  const kept = { from: 'store', address: address('aws.secrets-manager-secret', region, record) } as const;
  const values = [
    { key: 'access-key-id', field: 'user', source: { ...kept, named: `${name}/${record}#id`, property: 'id' } },
    {
      key: 'secret-access-key',
      field: 'user',
      source: { ...kept, named: `${name}/${record}#secret`, property: 'secret' },
    },
  ];
  for (const namespace of namespaces) yield* credential(given, name, namespace, values);
  const policy = yield* readPolicy(given, { store: name, region, principal: user, auth });
  if (policy !== undefined) yield draft(path, 'aws.iam-user-policy-attachment', [user, policy], { spec: {} });
}

/** A store that External Secrets logs in to as a user, and the namespaces that its credential goes to. */
interface UserStore {
  readonly name: string;
  readonly region: string;
  readonly auth: IamUserAuth;
  readonly namespaces: readonly string[];
}

/** The attachment without which the store cannot be read. */
export const awsStoreNeeds = (name: string, { auth }: AwsStore): readonly string[] => {
  switch (auth?.type) {
    case 'irsa': {
      const { identity } = auth;
      if (!('create' in identity)) return [];
      return [address('aws.iam-role-policy-attachment', identity.create, policyName(identity.create, name))];
    }
    case 'iam-user':
      return [address('aws.iam-user-policy-attachment', auth.user, policyName(auth.user, name))];
    case 'access-keys':
    case undefined:
      return [];
  }
};

function* account(path: Path, { serviceAccount: { namespace, name }, identity }: IrsaAuth): Generator<Found> {
  const arn = 'create' in identity ? `\${${address('aws.iam-role', identity.create)}#arn}` : escape(identity.existing);
  yield namespaceDraft(path, namespace);
  yield draft(path, 'kubernetes.service-account', [namespace, name], {
    spec: { annotations: { [roleAnnotation]: arn } },
    ownership: 'contributed',
  });
}

/** Whom a policy is made for, and for which store. */
interface Reader {
  readonly store: string;
  readonly region: string;
  readonly principal: string;
  readonly auth: Pick<IrsaAuth, 'grant'>;
}

/** The policy that lets the reader read; its name, or undefined where it would allow nothing. */
function* readPolicy(
  given: Given,
  { store, region, principal, auth }: Reader,
): Generator<Found, string | undefined, undefined> {
  const path = ['stores', store, 'auth', ...(auth.grant === undefined ? [] : ['grant'])];
  const reads = readable(given, store, auth);
  if (reads === undefined) {
    yield wrong(given, path, 'grant per-secret gives nothing: no entry of secrets reads from it; write prefix:NAME');
    return undefined;
  }
  const policy = policyName(principal, store);
  yield draft(path, 'aws.iam-policy', [policy], { spec: { reads: [{ region, ...reads }] } });
  return policy;
}

/** Which secrets the grant names; undefined if there are none. */
const readable = (given: Given, name: string, { grant = { of: 'per-secret' } }: Reader['auth']): Fields | undefined => {
  switch (grant.of) {
    case 'vault':
      return { names: [], prefixes: [''] };
    case 'prefix':
      return { names: [], prefixes: [escape(grant.prefix)] };
    case 'per-secret': {
      const keys = [...readSecrets(given)].flatMap((found) =>
        found.is === 'read' && found.storeName === name ? [found.remote.key] : [],
      );
      return keys.length === 0 ? undefined : { names: [...new Set(keys)].toSorted(), prefixes: [] };
    }
  }
};

const providerName = ({ manifest, environment }: Given): string => `${manifest.name}-${environment}`;

const policyName = (principal: string, store: string): string => `${principal}-${store}`;

const madeIn = ({ manifest }: Given): readonly Made[] =>
  Object.entries(manifest.stores).flatMap(([name, store]) => {
    if (store.type !== 'aws-secrets-manager' || store.expose === 'none') return [];
    const { region, auth } = store;
    if (auth?.type !== 'irsa' || !('create' in auth.identity)) return [];
    return [{ store: name, region, principal: auth.identity.create, auth }];
  });

const accountsOf = (users: readonly Made[]): string[] => [
  ...new Set(users.map(({ auth: { serviceAccount } }) => `${serviceAccount.namespace}/${serviceAccount.name}`)),
];
