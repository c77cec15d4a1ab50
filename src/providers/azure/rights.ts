import type { Right, Rights } from '../../engine/resource.ts';

/** Actions on one scope: those that a plan needs, and those that apply needs beside them. */
export const rightsOn = (on: string, plan: readonly string[], apply: readonly string[]): Rights => {
  const right = (action: string): Right => ({ action, on });
  return { plan: plan.map(right), apply: apply.map(right) };
};

/** `/resourceGroups/lab` */
export const groupScope = (group: string): string => `/resourceGroups/${group}`;

/** `/resourceGroups/lab/providers/Microsoft.KeyVault/vaults/kv` */
export const vaultScope = (group: string, vault: string): string =>
  `${groupScope(group)}/providers/Microsoft.KeyVault/vaults/${vault}`;

/** Read, write and delete of one type. */
export const allOf = (on: string, type: string): Rights =>
  rightsOn(on, [`${type}/read`], [`${type}/write`, `${type}/delete`]);
