import { randomBytes } from 'node:crypto';
import { entryOf, type IamContent } from './content.ts';
import { newId } from './iam-place.ts';
import { type Asked, allows, type Statement, statementsOf } from './policy.ts';

/** Who sends a request: the operator, who may do everything, somebody who took a role on, or a user of IAM. */
export type Caller =
  | { readonly is: 'operator'; readonly arn: string; readonly userId: string }
  | { readonly is: 'session'; readonly arn: string; readonly userId: string; readonly role: string }
  | { readonly is: 'user'; readonly arn: string; readonly userId: string; readonly name: string };

/** The credentials of one session. */
export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Seconds since 1970. */
  readonly expiresAt: number;
}

/** Sessions of roles, which last as long as the server runs. */
export interface Sessions {
  open(session: { arn: string; userId: string; role: string }, lastsFor: number): SessionCredentials;
  /** undefined: no such session, another token, or over. */
  find(accessKeyId: string, token: string | undefined): Caller | undefined;
}

export const openSessions = (): Sessions => {
  const sessions = new Map<string, { caller: Caller; token: string; expiresAt: number }>();
  return {
    open: ({ arn, userId, role }, lastsFor) => {
      const accessKeyId = newId('ASIA').slice(0, 20);
      const sessionToken = randomBytes(96).toString('base64');
      const expiresAt = Math.floor(Date.now() / 1000) + lastsFor;
      sessions.set(accessKeyId, { caller: { is: 'session', arn, userId, role }, token: sessionToken, expiresAt });
      return { accessKeyId, secretAccessKey: randomBytes(30).toString('base64'), sessionToken, expiresAt };
    },
    find: (accessKeyId, token) => {
      const found = sessions.get(accessKeyId);
      return found !== undefined && found.token === token && found.expiresAt * 1000 > Date.now()
        ? found.caller
        : undefined;
    },
  };
};

/** Whether the caller may do this, by the policies that are attached to its role now. */
export const mayDo = (caller: Caller, asked: Asked, iam: IamContent): boolean => {
  switch (caller.is) {
    case 'operator':
      return true;
    case 'session':
      return allows(statementsIn(iam, entryOf(iam.roles, caller.role)?.attached), asked);
    case 'user':
      return allows(statementsIn(iam, entryOf(iam.users, caller.name)?.attached), asked);
  }
};

/** The user of an access key. */
export const userOf = ({ users }: IamContent, accessKeyId: string): Caller | undefined => {
  const found = Object.values(users).find(({ keys }) => Object.hasOwn(keys, accessKeyId));
  return found && { is: 'user', arn: found.arn, userId: found.id, name: found.name };
};

const statementsIn = (iam: IamContent, attached: readonly string[] = []): readonly Statement[] =>
  attached.flatMap((arn) => {
    const policy = entryOf(iam.policies, arn);
    const text = policy?.versions[policy.current]?.text;
    return text === undefined ? [] : statementsOf(text, 'Resource');
  });
