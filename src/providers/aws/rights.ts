import type { Right, Rights } from '../../engine/resource.ts';

const account = { partition: '{partition}', account: '{account}' } as const;

/** Whose ARNs are written before the account is known. */
export const anyAccount = account;

/** `arn:{partition}:iam::{account}:role/eso` */
export const iamArn = (path: string): string => `arn:${account.partition}:iam::${account.account}:${path}`;

/** Actions of one service on one resource: those that a plan needs, and those that apply needs beside them. */
export const rightsOn = (service: string, on: string, plan: readonly string[], apply: readonly string[]): Rights => {
  const right = (action: string): Right => ({ action: `${service}:${action}`, on });
  return { plan: plan.map(right), apply: apply.map(right) };
};
