import type { Right } from '../../../engine/resource.ts';

/** A custom role as `az role definition create --role-definition FILE` takes it. */
export interface RoleDefinition {
  readonly Name: string;
  readonly IsCustom: true;
  readonly Description: string;
  readonly Actions: readonly string[];
  readonly NotActions: readonly string[];
  readonly DataActions: readonly string[];
  readonly NotDataActions: readonly string[];
  readonly AssignableScopes: readonly string[];
}

/**
 * The role that has these rights and no others. Its actions hold wherever it is assigned: at the subscription where lab
 * makes or looks for what no resource group holds, else at the groups.
 */
export const roleDefinition = (name: string, rights: readonly Right[], subscription: string): RoleDefinition => {
  const actions = (data: boolean): string[] => [
    ...new Set(rights.flatMap((right) => ((right.data === true) === data ? right.action : []))),
  ];
  const groups = [...new Set(rights.flatMap(({ on, data }) => (data === true ? [] : groupIn(on))))];
  const whole = `/subscriptions/${subscription}`;
  return {
    Name: name,
    IsCustom: true,
    Description: 'What lab needs for one manifest, printed by lab permissions',
    Actions: actions(false).toSorted(),
    NotActions: [],
    DataActions: actions(true).toSorted(),
    NotDataActions: [],
    AssignableScopes:
      groups.includes('') || groups.length === 0 ? [whole] : groups.toSorted().map((group) => whole + group),
  };
};

const groupIn = (scope: string): string => /^\/resourceGroups\/[^/]+/.exec(scope)?.[0] ?? '';
