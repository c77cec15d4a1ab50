import { z } from 'zod';
import { address } from '../../../engine/address.ts';
import { defineKind } from '../../../engine/define-kind.ts';
import type { AwsClient } from '../client.ts';
import { iamArn, rightsOn } from '../rights.ts';
import { policyArn } from './arn.ts';
import { provePolicy } from './identity-chain.ts';
import { settledWhen, untilSeen } from './seen.ts';

const schema = z.strictObject({});

/**
 * aws.iam-role-policy-attachment/ROLE/POLICY: a role may do what a managed policy says. POLICY is the name of one of the
 * account's own, or the ARN of any other. Other policies of the role stay.
 */
export const iamRolePolicyAttachment = defineKind<typeof schema.shape, AwsClient>({
  kind: 'aws.iam-role-policy-attachment',
  parts: [['ROLE', 'POLICY']],
  schema,
  ownership: 'whole',
  mark: 'parent',
  writes: 'merge',
  precondition: 're-read',
  parent: ([role = '']) => address('aws.iam-role', role),
  after: ([, policy = '']) => (policy.startsWith('arn:') ? [] : [address('aws.iam-policy', policy)]),
  rights: ([role = '']) =>
    rightsOn('iam', iamArn(`role/${role}`), ['ListAttachedRolePolicies'], ['AttachRolePolicy', 'DetachRolePolicy']),
  read: async (client, id) =>
    (await isAttached(client, id)) ? { exists: 'yes', spec: {}, outputs: {} } : { exists: 'no' },
  write: async (client, { id, waiting }) => {
    const [role = '', policy = ''] = id;
    await client.iam.attach(role, policyArn(await client.identity(), policy));
    await untilSeen(client, `the policy of the role ${id[0]}`, waiting, () => isAttached(client, id));
  },
  settled: (client, id) => settledWhen(`the policy of the role ${id[0]}`, () => isAttached(client, id)),
  verify: (client, id) => provePolicy(client, id),
  remove: async (client, [role = '', policy = '']) =>
    client.iam.detach(role, policyArn(await client.identity(), policy)),
});

const isAttached = async (client: AwsClient, [role = '', policy = '']: readonly string[]): Promise<boolean> => {
  const [identity, attached] = await Promise.all([client.identity(), client.iam.attachedTo(role)]);
  return attached.includes(policyArn(identity, policy));
};
