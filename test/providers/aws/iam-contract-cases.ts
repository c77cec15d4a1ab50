import type { Fields } from '../../../src/engine/value.ts';
import { aws } from '../../../src/providers/aws/index.ts';
import { describeKind } from '../../support/kind-contract.ts';
import { resource } from '../../support/world.ts';
import { type AwsServer, connectTo, iamAt, region, uniqueName } from './server.ts';

const plainName = (stem: string): string => uniqueName(stem).replace('/', '-');

/** The contracts of the kinds of IAM. `changesAudiences`: the server can change those of an OIDC provider, which moto cannot. */
export const describeIamContract = (
  server: () => AwsServer,
  { changesAudiences }: { changesAudiences: boolean },
): void => {
  const connect = async () => [await connectTo(server())];
  const at = (kind: string, parts: readonly string[], spec: Fields) =>
    resource([`aws.${kind}`, ...parts.map(encodeURIComponent)].join('/'), spec);

  const lookAt = (arn: string) => iamAt(server()).getOpenIDConnectProvider({ OpenIDConnectProviderArn: arn });
  const otherAudience = (arn: () => string) => ({
    add: async () => {
      await iamAt(server()).addClientIDToOpenIDConnectProvider({ OpenIDConnectProviderArn: arn(), ClientID: 'other' });
    },
    isThere: async () => (await lookAt(arn())).ClientIDList?.includes('other') === true,
  });
  const otherTag = (arn: () => string) => ({
    add: async () => {
      const Tags = [{ Key: 'cost-center', Value: '42' }];
      await iamAt(server()).tagOpenIDConnectProvider({ OpenIDConnectProviderArn: arn(), Tags });
    },
    isThere: async () => (await lookAt(arn())).Tags?.some(({ Key }) => Key === 'cost-center') === true,
  });

  describeKind('aws.iam-oidc-provider', async () => {
    const name = plainName('cluster');
    const issuer = `https://oidc.example.com/id/${name}`;
    const arn = () => `arn:aws:iam::${server().account}:oidc-provider/oidc.example.com/id/${name}`;
    const spec = { issuer, audiences: ['sts.amazonaws.com', 'lab'] };
    return {
      connect,
      kinds: aws.kinds,
      example: [at('iam-oidc-provider', [name], { ...spec, tags: { team: 'platform', 'cost group': 'a/b' } })],
      changed: at('iam-oidc-provider', [name], {
        issuer,
        audiences: changesAudiences ? ['sts.amazonaws.com'] : spec.audiences,
        tags: { team: 'data', 'cost group': 'a/b' },
      }),
      changes: [...(changesAudiences ? ['audiences'] : []), 'tags.team'],
      without: {
        resource: at('iam-oidc-provider', [name], { ...spec, tags: { team: 'platform' } }),
        field: 'tags["cost group"]',
      },
      stranger: changesAudiences ? otherAudience(arn) : otherTag(arn),
    };
  });

  const trust = (more: Fields = {}) => ({
    issuer: 'https://oidc.example.com/id/A',
    audience: 'sts.amazonaws.com',
    serviceAccounts: ['external-secrets/external-secrets'],
    ...more,
  });
  const roleTag = (name: string) => ({
    add: async () => {
      await iamAt(server()).tagRole({ RoleName: name, Tags: [{ Key: 'cost-center', Value: '42' }] });
    },
    isThere: async () => {
      const { Role } = await iamAt(server()).getRole({ RoleName: name });
      return (Role?.Tags ?? []).some(({ Key, Value }) => Key === 'cost-center' && Value === '42');
    },
  });

  describeKind('aws.iam-role for service accounts', async () => {
    const name = plainName('role');
    const rest = { description: 'Reads secrets', maxSession: '2h', tags: { team: 'platform' } };
    return {
      connect,
      kinds: aws.kinds,
      example: [at('iam-role', [name], { trust: trust(), ...rest })],
      changed: at('iam-role', [name], {
        trust: trust({ issuer: 'https://oidc.example.com/id/B/', serviceAccounts: ['b/x', 'a/y'] }),
        ...rest,
        maxSession: '3h',
      }),
      changes: ['trust.issuer', 'trust.serviceAccounts', 'maxSession'],
      without: {
        resource: at('iam-role', [name], { trust: trust(), tags: { team: 'platform' } }),
        field: 'description',
      },
      stranger: roleTag(name),
    };
  });

  const statement = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' };

  describeKind('aws.iam-role with a trust policy', async () => {
    const name = plainName('role');
    const policy = (Service: string) => ({
      Version: '2012-10-17',
      Statement: { ...statement, Principal: { Service } },
    });
    return {
      connect,
      kinds: aws.kinds,
      example: [at('iam-role', [name], { trustPolicy: policy('ec2.amazonaws.com') })],
      changed: at('iam-role', [name], { trustPolicy: policy('lambda.amazonaws.com') }),
      changes: ['trustPolicy.Statement[0].Principal.Service'],
    };
  });

  describeKind('aws.iam-policy that lets secrets be read', async () => {
    const name = plainName('policy');
    const reads = (names: readonly string[]) => [
      { region: 'eu-west-1', names, prefixes: ['crossplane-'] },
      { region: 'us-east-1', names: [], prefixes: [''] },
    ];
    return {
      connect,
      kinds: aws.kinds,
      example: [at('iam-policy', [name], { reads: reads(['b', 'team/a']), tags: { team: 'platform', gone: 'x' } })],
      changed: at('iam-policy', [name], { reads: reads(['team/a']), tags: { team: 'data', gone: 'x' } }),
      changes: ['reads[0].names', 'tags.team'],
      without: {
        resource: at('iam-policy', [name], { reads: reads(['b', 'team/a']), tags: { team: 'platform' } }),
        field: 'tags.gone',
      },
    };
  });

  describeKind('aws.iam-policy with a document', async () => {
    const name = plainName('policy');
    const document = (Action: Fields[string]) => ({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Resource: '*', Action, Sid: 'Read' }],
    });
    return {
      connect,
      kinds: aws.kinds,
      example: [
        at('iam-policy', [name], { document: document(['s3:GetObject', 's3:ListBucket']), description: 'Buckets' }),
      ],
      changed: at('iam-policy', [name], { document: document('s3:GetObject'), description: 'Buckets' }),
      changes: ['document.Statement[0].Action'],
    };
  });

  describeKind('aws.iam-role-policy-attachment', async () => {
    const [role, policy] = [plainName('role'), plainName('policy')];
    const attachment = at('iam-role-policy-attachment', [role, policy], {});
    return {
      connect,
      kinds: aws.kinds,
      example: [
        at('iam-role', [role], { trust: trust() }),
        at('iam-policy', [policy], { reads: [{ region: 'eu-west-1', names: ['a'], prefixes: [] }] }),
        attachment,
      ],
      changed: attachment,
      changes: [],
    };
  });

  describeKind('aws.iam-access-key', async () => {
    const [user, name] = [plainName('user'), uniqueName('key')];
    const record = { region, name };
    return {
      connect,
      kinds: aws.kinds,
      example: [at('iam-access-key', [user], { record, rotation: '2026-11', tags: { team: 'platform', gone: 'x' } })],
      changed: at('iam-access-key', [user], { record, rotation: '2026-12', tags: { team: 'data', gone: 'x' } }),
      changes: ['rotation', 'tags.team'],
      without: {
        resource: at('iam-access-key', [user], { record, rotation: '2026-11', tags: { team: 'platform' } }),
        field: 'tags.gone',
      },
      stranger: {
        add: async () => {
          await iamAt(server()).tagUser({ UserName: user, Tags: [{ Key: 'cost-center', Value: '42' }] });
        },
        isThere: async () => {
          const { User } = await iamAt(server()).getUser({ UserName: user });
          return (User?.Tags ?? []).some(({ Key }) => Key === 'cost-center');
        },
      },
    };
  });

  describeKind('aws.iam-user-policy-attachment', async () => {
    const [user, policy, name] = [plainName('user'), plainName('policy'), uniqueName('key')];
    const attachment = at('iam-user-policy-attachment', [user, policy], {});
    return {
      connect,
      kinds: aws.kinds,
      example: [
        at('iam-access-key', [user], { record: { region, name } }),
        at('iam-policy', [policy], { reads: [{ region, names: ['a'], prefixes: [] }] }),
        attachment,
      ],
      changed: attachment,
      changes: [],
    };
  });
};
