import type { Policy } from '../schema/vault.ts';
import type { Given } from './draft.ts';
import { hclOf } from './policy-text.ts';

/** What a policy says of one path; capabilities are undefined where its text says them in another way. */
export interface PathRule {
  readonly path: string;
  readonly capabilities?: readonly string[];
}

/** The paths that a policy names; a computed one has none yet. */
export const pathsIn = (given: Given, { paths, ...text }: Policy): readonly PathRule[] => {
  if (paths !== undefined)
    return Object.entries(paths).map(([path, capabilities]) => ({ path: withoutSlash(path), capabilities }));
  return text.computed === undefined ? rulesIn(hclOf(given, text) ?? '') : [];
};

/** The paths that the text of a policy names. Only they and their capabilities are looked at. */
export const rulesIn = (hcl: string): readonly PathRule[] => {
  const blocks = hcl.replaceAll(/\/\*[\s\S]*?\*\/|^\s*(#|\/\/).*$/gm, '').split(/\bpath\s+(?="[^"\n]+"\s*\{)/);
  return blocks.flatMap((block) => {
    const path = /^"([^"\n]+)"\s*\{/.exec(block)?.[1];
    if (path === undefined) return [];
    const list = /\bcapabilities\s*=\s*\[([^\]]*)\]/.exec(block)?.[1];
    const word = /\bpolicy\s*=\s*"(\w+)"/.exec(block)?.[1] ?? '';
    const capabilities =
      list === undefined ? oldWords[word] : [...list.matchAll(/"([^"]*)"/g)].map(([, one = '']) => one);
    return [{ path: withoutSlash(path), ...(capabilities === undefined ? {} : { capabilities }) }];
  });
};

/** A path as Vault has it: a slash in front is dropped. */
export const withoutSlash = (path: string): string => path.replace(/^\//, '');

// What Vault 0.4 had before capabilities, and every one since still takes.
const oldWords: Readonly<Record<string, readonly string[]>> = {
  deny: ['deny'],
  read: ['read', 'list'],
  write: ['create', 'read', 'update', 'delete', 'list'],
  sudo: ['create', 'read', 'update', 'delete', 'list', 'sudo'],
};
