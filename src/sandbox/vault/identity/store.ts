import type { Content } from '../content.ts';
import type { Group } from './content.ts';

/** The group of this name, in whatever case. */
export const groupNamed = (content: Content, name: string): Group | undefined =>
  Object.values(content.groups).find((group) => group.name.toLowerCase() === name.toLowerCase());

/** The group that has this alias. */
export const groupWithAlias = (content: Content, aliasId: string): Group | undefined =>
  Object.values(content.groups).find(({ alias }) => alias?.id === aliasId);
