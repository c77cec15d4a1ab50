import { describe, expect, test } from 'vitest';
import { readableIn, readingPolicy } from '../../../src/providers/aws/iam/grant.ts';
import { canonicalPolicy, parsePolicy } from '../../../src/providers/aws/iam/policy-document.ts';
import { trustIn, trustPolicy } from '../../../src/providers/aws/iam/trust.ts';

const identity = { partition: 'aws', account: '123456789012', arn: 'arn:aws:iam::123456789012:user/me' };

describe('a policy', () => {
  const policy = canonicalPolicy({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ['s3:Get*', 's3:List*'], Resource: ['*'] },
      {
        Effect: 'Deny',
        Action: ['s3:Put*'],
        Resource: ['a', 'b'],
        Condition: { Bool: { 'aws:MultiFactorAuthPresent': false } },
      },
    ],
  });

  test('is the same in every order, as text or list, with any white space, percent-encoded or not', () => {
    const other = {
      Statement: [
        {
          Condition: { Bool: { 'aws:MultiFactorAuthPresent': ['false'] } },
          Resource: ['b', 'a', 'a'],
          Action: 's3:Put*',
          Effect: 'Deny',
        },
        { Resource: '*', Action: ['s3:List*', 's3:Get*'], Effect: 'Allow' },
      ],
      Version: '2012-10-17',
    };
    expect(canonicalPolicy(other)).toEqual(policy);
    expect(parsePolicy(encodeURIComponent(JSON.stringify(other, null, 4)))).toEqual(policy);
    expect(canonicalPolicy(policy)).toEqual(policy);
  });

  test('with one statement may have it without a list', () => {
    const statement = { Effect: 'Allow', Action: 'a:b', Resource: '*' };
    expect(canonicalPolicy({ Statement: statement })).toEqual(canonicalPolicy({ Statement: [statement] }));
  });

  test('names an account by its number or by the ARN of its root, and anybody in two ways', () => {
    const of = (Principal: string | { AWS: string }) =>
      canonicalPolicy({ Statement: { Effect: 'Allow', Principal, Action: 'a' } });
    expect(of({ AWS: 'arn:aws:iam::123456789012:root' })).toEqual(of({ AWS: '123456789012' }));
    expect(of('*')).toEqual(of({ AWS: '*' }));
    expect(of({ AWS: 'arn:aws:iam::123456789012:role/a' })).not.toEqual(of({ AWS: '123456789012' }));
  });

  test('is another one with another version, effect, action, resource or condition', () => {
    const base = { Effect: 'Allow', Action: 'a:b', Resource: '*' };
    const one = (more: object, Version = '2012-10-17') =>
      JSON.stringify(canonicalPolicy({ Version, Statement: { ...base, ...more } }));
    const all = [
      one({}),
      one({}, '2008-10-17'),
      one({ Effect: 'Deny' }),
      one({ Action: 'a:c' }),
      one({ Resource: 'x' }),
      one({ Condition: {} }),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  test('that is no JSON is none', () => {
    expect(parsePolicy('no json')).toBeUndefined();
    expect(parsePolicy('%')).toBeUndefined();
    expect(parsePolicy('[]')).toBeUndefined();
  });
});

describe('a trust of service accounts', () => {
  const trust = {
    issuer: 'https://oidc.example.com/id/A/',
    audience: 'sts.amazonaws.com',
    serviceAccounts: ['a/b', 'c/d'],
  };

  test('is the policy of the EKS user guide, with the issuer to its last slash', () => {
    expect(trustPolicy(identity, { ...trust, serviceAccounts: ['a/b'] })).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Federated: ['arn:aws:iam::123456789012:oidc-provider/oidc.example.com/id/A/'] },
          Action: ['sts:AssumeRoleWithWebIdentity'],
          Condition: {
            StringEquals: {
              'oidc.example.com/id/A/:aud': ['sts.amazonaws.com'],
              'oidc.example.com/id/A/:sub': ['system:serviceaccount:a:b'],
            },
          },
        },
      ],
    });
  });

  test('is read back from its policy, and not from one that says more', () => {
    const policy = trustPolicy(identity, trust);
    expect(trustIn(identity, policy)).toEqual(trust);
    const more = canonicalPolicy({
      ...policy,
      Statement: [policy['Statement'] ?? [], { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' }].flat(),
    });
    expect(trustIn(identity, more)).toBeUndefined();
    expect(trustIn({ ...identity, account: '210987654321' }, policy)).toBeUndefined();
  });
});

describe('a grant on secrets', () => {
  test('is one action on exactly these secrets, and is read back from its policy', () => {
    const reads = [
      { region: 'eu-west-1', names: ['a', 'team/b'], prefixes: ['x-'] },
      { region: 'us-east-1', names: [], prefixes: [''] },
    ];
    const policy = readingPolicy({ ...identity, partition: 'aws-cn' }, reads);
    expect(policy).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: ['secretsmanager:GetSecretValue'],
          Resource: [
            'arn:aws-cn:secretsmanager:eu-west-1:123456789012:secret:a-??????',
            'arn:aws-cn:secretsmanager:eu-west-1:123456789012:secret:team/b-??????',
            'arn:aws-cn:secretsmanager:eu-west-1:123456789012:secret:x-*',
            'arn:aws-cn:secretsmanager:us-east-1:123456789012:secret:*',
          ],
        },
      ],
    });
    expect(readableIn({ ...identity, partition: 'aws-cn' }, policy)).toEqual(reads);
    expect(readableIn(identity, policy)).toBeUndefined();
  });
});
