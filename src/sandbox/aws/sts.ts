import type { Answer } from '../http.ts';
import type { KeysOf } from '../signed-token.ts';
import { entryOf, type IamContent } from './content.ts';
import { time } from './iam-place.ts';
import { queryAnswer, queryRefusal, type Xml } from './query.ts';
import type { Quirks } from './quirks.ts';
import { AwsRefusal } from './refusal.ts';
import type { Caller, Sessions } from './sessions.ts';
import { trustsClaims, verifyToken } from './web-identity.ts';

/** What STS works with. */
export interface StsPlace {
  readonly account: string;
  readonly iam: IamContent;
  readonly sessions: Sessions;
  readonly keysOf: KeysOf;
  readonly quirks: Quirks;
}

/** Answers one call of STS. Nobody signs AssumeRoleWithWebIdentity: the token is the proof. */
export const answerSts = async (
  form: URLSearchParams,
  caller: Caller | undefined,
  place: StsPlace,
): Promise<Answer> => {
  const action = form.get('Action') ?? '';
  try {
    return queryAnswer('sts', action, await run(action, form, caller, place));
  } catch (error) {
    if (error instanceof AwsRefusal) return queryRefusal('sts', error);
    throw error;
  }
};

const run = async (
  action: string,
  form: URLSearchParams,
  caller: Caller | undefined,
  place: StsPlace,
): Promise<Xml> => {
  if (action === 'AssumeRoleWithWebIdentity') return assumeRole(form, place);
  if (caller === undefined) throw new AwsRefusal('MissingAuthenticationToken', 'Missing Authentication Token', 403);
  if (action === 'GetCallerIdentity') return { Arn: caller.arn, UserId: caller.userId, Account: place.account };
  throw new AwsRefusal('InvalidAction', `the sandbox does not serve ${action || 'a call without Action'}`);
};

const assumeRole = async (form: URLSearchParams, place: StsPlace): Promise<Xml> => {
  const { account, iam, sessions, keysOf, quirks } = place;
  const arn = form.get('RoleArn') ?? '';
  const session = form.get('RoleSessionName') ?? '';
  const claims = await verifyToken(
    form.get('WebIdentityToken') ?? '',
    { iam, arn: `arn:aws:iam::${account}:root` },
    keysOf,
  );
  const role = Object.values(iam.roles).find((one) => one.arn === arn);
  // A role that is not there, one that STS has not heard of and one that trusts others: STS says the same of all.
  if (role === undefined || !quirks.knowsRole(role.name) || !trustsClaims(role, claims)) {
    throw new AwsRefusal('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403);
  }
  const { name, id } = role;
  const assumed = {
    arn: `arn:aws:sts::${account}:assumed-role/${name}/${session}`,
    userId: `${id}:${session}`,
    role: name,
  };
  const lastsFor = Number(form.get('DurationSeconds') ?? 3600);
  const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = sessions.open(assumed, lastsFor);
  return {
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: time(expiresAt),
    },
    SubjectFromWebIdentityToken: claims.sub,
    Audience: claims.aud[0] ?? '',
    Provider:
      entryOf(iam.providers, `arn:aws:iam::${account}:oidc-provider/${claims.iss.replace(/^https:\/\//, '')}`)?.arn ??
      '',
    AssumedRoleUser: { AssumedRoleId: assumed.userId, Arn: assumed.arn },
  };
};
