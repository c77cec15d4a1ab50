import { describe, expect, onTestFinished, test } from 'vitest';
import { aws } from '../../../src/providers/aws/index.ts';
import type { QuirkOptions } from '../../../src/sandbox/aws/quirks.ts';
import { startAwsSandbox } from '../../../src/sandbox/aws/start.ts';
import { secret } from '../../../src/secrets/secret.ts';
import { connectTo, iamAt } from '../../providers/aws/server.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { applyAll, type Bench, deskFrom, plan, resource } from '../../support/world.ts';

const issuer = 'https://oidc.example.com/id/A';
const audience = 'sts.amazonaws.com';
const chain = [
  resource('aws.iam-oidc-provider/cluster', { issuer, audiences: [audience] }),
  resource('aws.iam-role/eso', { trust: { issuer, audience, serviceAccounts: ['eso/reader'] } }),
  resource('aws.iam-policy/eso', { reads: [{ region: 'eu-west-1', names: ['a'], prefixes: [] }] }),
  resource('aws.iam-role-policy-attachment/eso/eso', {}),
];

const start = async (quirks: QuirkOptions) => {
  const server = await startAwsSandbox({ seed: 'quirks', quirks });
  onTestFinished(() => server.stop());
  const bench: Bench = {
    kinds: aws.kinds,
    connections: [await connectTo(server)],
    store: memoryStore(),
    desk: deskFrom({}, async (value) => secret(value)),
    name: 'quirks',
  };
  return { server, bench };
};

describe('with an IAM that has bad days', () => {
  test.each<[string, QuirkOptions]>([
    ['does not show at once what is new', { staleLooks: 2 }],
    ['throttles every third call', { throttleEvery: 3 }],
    ['does both', { staleLooks: 1, throttleEvery: 4 }],
  ])('apply converges where it %s', async (_, quirks) => {
    const { server, bench } = await start(quirks);
    expect(await applyAll(bench, chain)).toMatchObject({ failed: [], diagnostics: [] });
    expect((await plan(bench, chain)).summary).toMatchObject({ none: 4, create: 0, update: 0 });
    const attached = await iamAt(server).listAttachedRolePolicies({ RoleName: 'eso' });
    expect(attached.AttachedPolicies).toHaveLength(1);
  });

  test('the sixth change of a policy makes room by the oldest version, and the one in force stays', async () => {
    const { server, bench } = await start({});
    const policy = (name: string) =>
      resource('aws.iam-policy/many', { reads: [{ region: 'eu-west-1', names: [name], prefixes: [] }] });
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) {
      expect(await applyAll(bench, [policy(name)])).toMatchObject({ failed: [], diagnostics: [] });
    }
    const PolicyArn = 'arn:aws:iam::000000000000:policy/many';
    const { Versions = [] } = await iamAt(server).listPolicyVersions({ PolicyArn });
    expect(Versions.map(({ VersionId }) => VersionId)).toEqual(['v7', 'v6', 'v5', 'v4', 'v3']);
    expect(Versions.filter(({ IsDefaultVersion }) => IsDefaultVersion).map(({ VersionId }) => VersionId)).toEqual([
      'v7',
    ]);
  });

  test('what is gone from the manifest goes in order: detached, then deleted', async () => {
    const { server, bench } = await start({});
    await applyAll(bench, chain);
    const gone = await applyAll(bench, []);
    expect(gone).toMatchObject({ failed: [], diagnostics: [] });
    const iam = iamAt(server);
    await expect(iam.getRole({ RoleName: 'eso' })).rejects.toMatchObject({ name: 'NoSuchEntityException' });
    expect((await iam.listOpenIDConnectProviders({})).OpenIDConnectProviderList).toEqual([]);
  });

  test('a role and a policy that others use are released, not deleted', async () => {
    const { server, bench } = await start({});
    await applyAll(bench, chain);
    const iam = iamAt(server);
    const reading = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
    await iam.attachRolePolicy({ RoleName: 'eso', PolicyArn: reading });
    const trust = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' },
    });
    await iam.createRole({ RoleName: 'other', AssumeRolePolicyDocument: trust });
    await iam.attachRolePolicy({ RoleName: 'other', PolicyArn: 'arn:aws:iam::000000000000:policy/eso' });
    const { diagnostics, failed } = await applyAll(bench, []);
    expect(failed).toEqual([]);
    expect(diagnostics.map(({ address, code, message }) => `${code} ${address}: ${message}`).toSorted()).toEqual([
      'KEPT aws.iam-policy/eso: others have the policy attached (role other); it is released, not deleted',
      `KEPT aws.iam-role/eso: the role holds policies that are not lab's (${reading}); it is released, not deleted`,
    ]);
    expect((await iam.getRole({ RoleName: 'eso' })).Role?.Tags ?? []).toEqual([]);
  });

  test('an OIDC provider that somebody else made for the cluster is used, and audiences of others stay', async () => {
    const { server, bench } = await start({});
    const iam = iamAt(server);
    await iam.createOpenIDConnectProvider({ Url: issuer, ClientIDList: [audience, 'other'] });
    expect((await plan(bench, chain)).changes[0]).toMatchObject({ actions: ['none'], ownership: 'used' });
    expect(await applyAll(bench, chain)).toMatchObject({ failed: [], diagnostics: [] });
    await applyAll(bench, []);
    const arn = 'arn:aws:iam::000000000000:oidc-provider/oidc.example.com/id/A';
    const { ClientIDList = [] } = await iam.getOpenIDConnectProvider({ OpenIDConnectProviderArn: arn });
    expect(ClientIDList.toSorted()).toEqual(['other', audience]);
  });

  test('another issuer under the same name is a replacement of the provider', async () => {
    const { server, bench } = await start({});
    const provider = (of: string) => resource('aws.iam-oidc-provider/cluster', { issuer: of, audiences: [audience] });
    await applyAll(bench, [provider(issuer)]);
    const moved = [provider('https://oidc.example.com/id/B')];
    expect((await plan(bench, moved)).changes[0]).toMatchObject({ actions: ['replace'] });
    expect(await applyAll(bench, moved)).toMatchObject({ failed: [], diagnostics: [] });
    const { OpenIDConnectProviderList = [] } = await iamAt(server).listOpenIDConnectProviders({});
    expect(OpenIDConnectProviderList.map(({ Arn }) => Arn)).toEqual([
      'arn:aws:iam::000000000000:oidc-provider/oidc.example.com/id/B',
    ]);
  });
});
