import type { Policy } from '../schema/vault.ts';
import { escape } from '../text.ts';
import type { Given } from './draft.ts';

/** The text of a policy; undefined for a file that could not be read, which is a complaint of its own. */
export const hclOf = (given: Given, { hcl, file }: Pick<Policy, 'hcl' | 'file'>): string | undefined => {
  if (hcl !== undefined) return hcl;
  const text = given.files.get(file ?? '');
  // A file's text means itself; what stands in the manifest is escaped already.
  return text === undefined ? undefined : escape(text);
};
