import { address } from '../../engine/address.ts';
import type { Path } from '../../engine/traits.ts';
import type { Fields } from '../../engine/value.ts';
import type { IrsaAuth } from '../schema/store-aws.ts';
import { escape } from '../text.ts';
import { clusterIssuer, issuerReference } from './cluster-issuer.ts';
import { draft, type Found, type Given, namespaceDraft, wrong } from './draft.ts';
import { readSecrets } from './reads.ts';

// ESO asks for tokens with this audience. Source: its AWS provider; the EKS user guide has the same.
const audience = 'sts.amazonaws.com';
const roleAnnotation = 'eks.amazonaws.com/role-arn';

/** A store whose role lab makes. */
interface Made {
  readonly store: string;
  readonly region: string;
  readonly role: string;
  readonly auth: IrsaAuth;
}

/** What External Secrets needs in AWS to take a role on for this store: who is let in, the role, its rights; and the annotation. */
export function* expandIrsa(given: Given, name: string, auth: IrsaAuth): Generator<Found> {
  const path = ['stores', name, 'auth'];
  yield* account(path, auth);
  const made = madeIn(given);
  const own = made.find(({ store }) => store === name);
  if (own === undefined) return;
  const { role } = own;
  const provider = providerName(given);
  // One provider a cluster and one role an identity, however many stores use them; the first of these asks for it.
  if (made[0]?.store === name) {
    yield clusterIssuer(path);
    yield draft(path, 'aws.iam-oidc-provider', [provider], {
      spec: { issuer: issuerReference, audiences: [audience] },
    });
  }
  const users = made.filter((other) => other.role === role);
  if (users[0]?.store === name) {
    yield draft([...path, 'identity'], 'aws.iam-role', [role], {
      spec: { trust: { issuer: issuerReference, audience, serviceAccounts: accountsOf(users) } },
      after: [address('aws.iam-oidc-provider', provider)],
    });
  }
  yield* rights(given, own);
}

/** The attachment without which the store cannot be read. */
export const irsaNeeds = (name: string, { identity }: IrsaAuth): readonly string[] =>
  'create' in identity
    ? [address('aws.iam-role-policy-attachment', identity.create, policyName(identity.create, name))]
    : [];

function* account(path: Path, { serviceAccount: { namespace, name }, identity }: IrsaAuth): Generator<Found> {
  const arn = 'create' in identity ? `\${${address('aws.iam-role', identity.create)}#arn}` : escape(identity.existing);
  yield namespaceDraft(path, namespace);
  yield draft(path, 'kubernetes.service-account', [namespace, name], {
    spec: { annotations: { [roleAnnotation]: arn } },
    ownership: 'contributed',
  });
}

function* rights(given: Given, { store, region, role, auth }: Made): Generator<Found> {
  const path = ['stores', store, 'auth', ...(auth.grant === undefined ? [] : ['grant'])];
  const reads = readable(given, store, auth);
  if (reads === undefined) {
    yield wrong(given, path, 'grant per-secret gives nothing: no entry of secrets reads from it; write prefix:NAME');
    return;
  }
  const policy = policyName(role, store);
  yield draft(path, 'aws.iam-policy', [policy], { spec: { reads: [{ region, ...reads }] } });
  yield draft(path, 'aws.iam-role-policy-attachment', [role, policy], { spec: {} });
}

/** Which secrets the grant names; undefined if there are none. */
const readable = (given: Given, name: string, { grant = { of: 'per-secret' } }: IrsaAuth): Fields | undefined => {
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

const policyName = (role: string, store: string): string => `${role}-${store}`;

const madeIn = ({ manifest }: Given): readonly Made[] =>
  Object.entries(manifest.stores).flatMap(([name, store]) => {
    if (store.type !== 'aws-secrets-manager' || store.expose === 'none') return [];
    const { region, auth } = store;
    if (auth?.type !== 'irsa' || !('create' in auth.identity)) return [];
    return [{ store: name, region, role: auth.identity.create, auth }];
  });

const accountsOf = (users: readonly Made[]): string[] => [
  ...new Set(users.map(({ auth: { serviceAccount } }) => `${serviceAccount.namespace}/${serviceAccount.name}`)),
];
