import type { Right } from '../../engine/resource.ts';

/** A word of Vault's policies. POST on most paths is `update`; where Vault looks first whether it is there, `create` makes it. */
type Capability = 'create' | 'read' | 'update' | 'patch' | 'delete' | 'list' | 'sudo';

/** What is done at one path, unencoded; a segment `+` stands for any. */
export const may = (path: string, ...capabilities: readonly Capability[]): readonly Right[] =>
  capabilities.map((action) => ({ action, on: path }));

/** What lab does without where it has to, and says less. */
export const mayHelp = (path: string, ...capabilities: readonly Capability[]): readonly Right[] =>
  may(path, ...capabilities).map((right) => ({ ...right, optional: true }));
