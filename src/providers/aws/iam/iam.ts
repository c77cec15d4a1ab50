import { type OidcCalls, oidcCalls } from './oidc-calls.ts';
import { type PolicyCalls, policyCalls } from './policy-calls.ts';
import { type RoleCalls, roleCalls } from './role-calls.ts';
import type { IamSend } from './send.ts';
import { type UserCalls, userCalls } from './user-calls.ts';

/** The calls of IAM that kinds make; every failure is a LabError. */
export type IamCalls = OidcCalls & RoleCalls & PolicyCalls & UserCalls;

/** The calls over one way to send. */
export const iamCalls = (send: IamSend): IamCalls => ({
  ...oidcCalls(send),
  ...roleCalls(send),
  ...policyCalls(send),
  ...userCalls(send),
});
