import { openMailbox } from '../../engine/mailbox.ts';
import type { ConnectContext, Connection, Provider } from '../../engine/provider.ts';
import type { DefinedKind } from '../../engine/resource.ts';
import type { LocalSource } from '../../secrets/source.ts';
import { type AwsClient, createClient } from './client.ts';
import { checkConfig } from './config.ts';
import { eksClusters } from './eks.ts';
import { iamAccessKey } from './iam/access-key.ts';
import { iamOidcProvider } from './iam/oidc-provider.ts';
import { iamPolicy } from './iam/policy.ts';
import { iamRole } from './iam/role.ts';
import { iamRolePolicyAttachment } from './iam/role-policy-attachment.ts';
import { iamUserPolicyAttachment } from './iam/user-policy-attachment.ts';
import { describeIdentity, scopeOf } from './identity.ts';
import { openKeeper } from './keeper.ts';
import { secretsManagerSecret } from './secrets/secrets-manager-secret.ts';

const kinds: readonly DefinedKind<AwsClient>[] = [
  secretsManagerSecret,
  iamOidcProvider,
  iamRole,
  iamPolicy,
  iamRolePolicyAttachment,
  iamAccessKey,
  iamUserPolicyAttachment,
];

const connect = async (given: unknown, context: ConnectContext): Promise<Connection> => {
  const config = checkConfig(given, context.env);
  const { env, readOnly, signal, stopping, ports } = context;
  const options = {
    config,
    env,
    readOnly,
    signal,
    stopping,
    ports,
    resolve: (source: LocalSource) => context.resolve(source),
  };
  const client = createClient(options);
  const scope = async () => scopeOf(await client.identity());
  return {
    scope,
    describe: async () => describeIdentity(await client.identity(), config),
    gate: async (name) => ({ state: 'broken', because: `AWS has no gate "${name}"` }),
    kind: (name) => {
      const found = kinds.find(({ kind }) => kind === name);
      if (found === undefined) throw new TypeError(`the provider aws has no kind ${name}`);
      return found.bind(client);
    },
    offers: {
      eks: eksClusters(client),
      keeper: (region) => openKeeper(client, region, async () => describeIdentity(await client.identity(), config)),
      mailbox: (region, name) =>
        openMailbox(secretsManagerSecret.bind(client), {
          provider: 'aws',
          scope,
          id: [region, name],
          field: ['value'],
        }),
    },
    writes: () => client.writes(),
    close: async () => client.close(),
  };
};

/**
 * Amazon Web Services: one account with one set of credentials, in every region that identities name. Connection: the
 * region to log in at, the account expected, the credentials (config.ts). It has no gates.
 */
export const aws: Provider = { name: 'aws', kinds, needs: ['objects', 'tokens'], connect };
