import type { Right } from '../../engine/resource.ts';

/** A policy of IAM. */
export interface PermissionPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly {
    readonly Effect: 'Allow';
    readonly Action: readonly string[];
    readonly Resource: readonly string[];
  }[];
}

/** The policy that has these rights and no others. Without an account it is for any: of whoever it is attached to. */
export const permissionPolicy = (
  rights: readonly Right[],
  { partition, account = '*' }: { readonly partition: string; readonly account?: string | undefined },
): PermissionPolicy => {
  const byResource = Map.groupBy(rights, ({ on }) => on);
  const lists = [...byResource].map(([on, group]) => ({
    resource: on.replace('{partition}', partition).replace('{account}', account),
    actions: [...new Set(group.map(({ action }) => action))].toSorted(),
  }));
  // Resources of which the same may be done share a statement.
  const byActions = Map.groupBy(lists, ({ actions }) => actions.join(' '));
  return {
    Version: '2012-10-17',
    Statement: [...byActions.values()].map((group) => ({
      Effect: 'Allow',
      Action: group[0]?.actions ?? [],
      Resource: group.map(({ resource }) => resource).toSorted(),
    })),
  };
};
