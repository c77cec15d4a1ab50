import { z } from 'zod';
import { address } from '../../../engine/address.ts';
import { defineKind } from '../../../engine/define-kind.ts';
import type { AwsClient } from '../client.ts';
import { iamArn, rightsOn } from '../rights.ts';
import { policyArn } from './arn.ts';
import { settledWhen, untilSeen } from './seen.ts';

const schema = z.strictObject({});

/** aws.iam-user-policy-attachment/USER/POLICY: the same for a user as aws.iam-role-policy-attachment is for a role. */
export const iamUserPolicyAttachment = defineKind<typeof schema.shape, AwsClient>({
  kind: 'aws.iam-user-policy-attachment',
  parts: [['USER', 'POLICY']],
  schema,
  ownership: 'whole',
  mark: 'parent',
  writes: 'merge',
  precondition: 're-read',
  parent: ([user = '']) => address('aws.iam-access-key', user),
  after: ([, policy = '']) => (policy.startsWith('arn:') ? [] : [address('aws.iam-policy', policy)]),
  rights: ([user = '']) =>
    rightsOn('iam', iamArn(`user/${user}`), ['ListAttachedUserPolicies'], ['AttachUserPolicy', 'DetachUserPolicy']),
  read: async (client, id) =>
    (await isAttached(client, id)) ? { exists: 'yes', spec: {}, outputs: {} } : { exists: 'no' },
  write: async (client, { id, waiting }) => {
    const [user = '', policy = ''] = id;
    await client.iam.attachToUser(user, policyArn(await client.identity(), policy));
    await untilSeen(client, `the policy of the user ${id[0]}`, waiting, () => isAttached(client, id));
  },
  settled: (client, id) => settledWhen(`the policy of the user ${id[0]}`, () => isAttached(client, id)),
  remove: async (client, [user = '', policy = '']) =>
    client.iam.detachFromUser(user, policyArn(await client.identity(), policy)),
});

const isAttached = async (client: AwsClient, [user = '', policy = '']: readonly string[]): Promise<boolean> => {
  const [identity, attached] = await Promise.all([client.identity(), client.iam.attachedToUser(user)]);
  return attached.includes(policyArn(identity, policy));
};
