import { describe, expect, test, vi } from 'vitest';
import { type Links, startChain } from './chain.ts';

const synced = { password: Buffer.from('of the app').toString('base64') };
const assume = 'operation error STS: AssumeRoleWithWebIdentity, https response error StatusCode:';
const notAuthorized = `${assume} 403, RequestID: ID, api error AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity`;
const notAllowed =
  'api error AccessDeniedException: User: arn:aws:sts::210987654321:assumed-role/eso/external-secrets-provider-aws is not authorized to perform: secretsmanager:GetSecretValue on resource: team/app because no identity-based policy allows the secretsmanager:GetSecretValue action';

/** What the operator says, without what differs from call to call. */
const said = ({ events }: { events: () => readonly string[] }): string =>
  events()
    .join('\n')
    .replaceAll(/RequestID: [\w-]+/g, 'RequestID: ID');

describe('the chain from a service account to a secret in AWS', () => {
  test('holds where every link is right', async () => {
    const chain = await startChain();
    await vi.waitFor(() => expect(chain.synced()).toEqual(synced));
  });

  test.each<[string, Links, string]>([
    [
      'the issuer has a slash too many',
      { issuer: 'https://kubernetes.default.svc/' },
      `${assume} 400, RequestID: ID, InvalidIdentityToken: No OpenIDConnect provider found in your account for https://kubernetes.default.svc`,
    ],
    ['the subject is another service account', { subject: 'system:serviceaccount:eso:writer' }, notAuthorized],
    ['the subject is of another namespace', { subject: 'system:serviceaccount:default:reader' }, notAuthorized],
    ['the trust is for another audience', { audience: 'lab' }, notAuthorized],
    [
      'the provider does not know the audience',
      { audiences: ['lab'] },
      `${assume} 400, RequestID: ID, InvalidIdentityToken: Incorrect token audience`,
    ],
    ['the role is not there', { role: 'other' }, notAuthorized],
    [
      'the annotation is missing',
      { role: null },
      'unable to create session: an IAM role must be associated with service account reader (namespace: eso)',
    ],
    ['the policy is for another secret', { secret: 'team/db-??????' }, notAllowed],
    ['the policy names the secret without its suffix', { secret: 'team/app' }, notAllowed],
    ['the policy is not attached', { attached: false }, notAllowed],
  ])('fails where %s', async (_, links, says) => {
    const chain = await startChain(links);
    await vi.waitFor(() => expect(said(chain)).toContain(says));
    expect(chain.synced()).toBeUndefined();
  });

  test('holds for a policy on a prefix, and on everything', async () => {
    for (const secret of ['team/*', '*']) {
      const chain = await startChain({ secret });
      await vi.waitFor(() => expect(chain.synced()).toEqual(synced));
    }
  });

  test('fails until STS has heard of a new role, and then holds', async () => {
    const chain = await startChain({}, { staleRoles: 3 });
    await vi.waitFor(() => expect(chain.synced()).toEqual(synced));
    expect(said(chain)).toContain(notAuthorized);
  });
});
