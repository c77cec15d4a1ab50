import { describe, expect, test } from 'vitest';
import { issuer, setStage } from './bench.ts';
import { type AwsLinks, type AzureLinks, awsChain, azureChain } from './resources.ts';

const worked = { failed: [], diagnostics: [] };
const credential = 'azure.federated-credential/lab/eso/cluster';
const notAnnotated: unknown = expect.stringMatching(
  /^azure\.federated-credential.*client-id names the identity: expected [-0-9a-f]{36}, found none$/,
);
const noRole: unknown = expect.stringContaining(
  'names the role: expected arn:aws:iam::210987654321:role/eso, found none',
);

// Without an annotation of its own the manifest does not tell whose trust it is: it is applied as it stands, and verify
// names the link, with expected and found. What plan can tell: said-wrong.test.ts.
describe('in Azure, lab verify', () => {
  test('proves a chain whose every link is right', async () => {
    const stage = await setStage();
    expect(await stage.apply(azureChain())).toMatchObject(worked);
    expect(await stage.failures(azureChain())).toEqual([]);
  });

  test.each<[string, AzureLinks, readonly unknown[]]>([
    [
      'a slash missing in the issuer',
      { issuer: `${issuer}/`, clientId: null },
      [
        notAnnotated,
        `${credential}: the credential's issuer is the iss of the cluster's tokens: expected ${issuer}, found ${issuer}/`,
        expect.stringContaining('eso reads team-app of chain-kv: not tried, the login was refused: AADSTS700211'),
      ],
    ],
    [
      'another audience',
      { audience: 'lab', clientId: null },
      [
        notAnnotated,
        `${credential}: the credential's audience is the aud that External Secrets asks for: expected api://AzureADTokenExchange, found lab`,
        expect.stringContaining('eso reads team-app of chain-kv: not tried, the login was refused: AADSTS700212'),
      ],
    ],
    ['a missing annotation', { clientId: null }, [notAnnotated]],
    [
      'an annotation that names somebody else',
      { clientId: '00000000-0000-0000-0000-00000000000f' },
      [
        expect.stringMatching(
          /client-id names the identity: expected [-0-9a-f]{36}, found 00000000-0000-0000-0000-00000000000f$/,
        ),
      ],
    ],
    [
      'a subject that is no account of the cluster',
      { subject: 'system:serviceaccount:eso:Azure', clientId: null },
      [
        `${credential}: the service account is there: expected service account eso/Azure, found none`,
        expect.stringContaining('the service account is there: expected service account eso/Azure, found none'),
      ],
    ],
    ['a role on another secret', { roleOn: 'team-none' }, [expect.stringContaining('SecretNotFound')]],
  ])('names %s', async (_, links, says) => {
    const stage = await setStage();
    const resources = azureChain(links);
    expect(await stage.apply(resources)).toMatchObject(worked);
    expect(await stage.failures(resources)).toEqual(says);
  });
});

describe('in AWS, lab verify', () => {
  test('proves a chain whose every link is right', async () => {
    const stage = await setStage();
    expect(await stage.apply(awsChain())).toMatchObject(worked);
    expect(await stage.failures(awsChain())).toEqual([]);
  });

  test.each<[string, AwsLinks, readonly unknown[]]>([
    [
      'a slash too many in the issuer',
      { issuer: `${issuer}/`, role: null },
      [
        noRole,
        expect.stringContaining(
          "the trust's issuer is the iss of the cluster's tokens: expected kubernetes.default.svc, found kubernetes.default.svc/",
        ),
        expect.stringContaining('not tried, the login was refused'),
      ],
    ],
    [
      'another audience',
      { audience: 'lab', role: null },
      [
        noRole,
        expect.stringContaining(
          "the trust's audience is the aud that External Secrets asks for: expected sts.amazonaws.com, found lab",
        ),
        expect.stringContaining('not tried, the login was refused'),
      ],
    ],
    ['a missing annotation', { role: null }, [noRole]],
    [
      'a trust in another account of the cluster',
      { account: 'eso/other', role: null },
      [expect.stringContaining('of eso/other names the role: expected arn:aws:iam::210987654321:role/eso, found none')],
    ],
    [
      'a policy about a secret that is not there',
      { readable: 'team/none' },
      [
        expect.stringContaining(
          'eso reads team/none in eu-west-1: expected its value, found GetSecretValue of team/none in eu-west-1 answered ResourceNotFoundException',
        ),
      ],
    ],
  ])('names %s', async (_, links, says) => {
    const stage = await setStage();
    const resources = awsChain(links);
    expect(await stage.apply(resources)).toMatchObject(worked);
    expect(await stage.failures(resources)).toEqual(says);
  });
});
