import type { ArmCall } from './call.ts';
import { dropEntry, entryOf, type StoredGroup } from './content.ts';

/** A group if it is there: one whose deletion has ended goes for good when somebody looks. */
export const liveGroup = ({ arm, now }: Pick<ArmCall, 'arm' | 'now'>, name: string): StoredGroup | undefined => {
  const group = entryOf(arm.groups, name);
  if (group?.deletedAt !== undefined && group.deletedAt <= now) {
    dropEntry(arm.groups, name);
    return undefined;
  }
  return group;
};
