import type { Policy } from '../schema/vault.ts';
import type { Given } from './draft.ts';
import { hclOf } from './policy-text.ts';

/** What a policy says of one path; capabilities are undefined where its text says them in another way. */
export interface PathRule {
  readonly path: string;
  readonly capabilities?: readonly string[];
}

/** The paths that a policy names. Of HCL only paths and capabilities are looked at; a computed one has none yet. */
export const pathsIn = (given: Given, { paths, ...text }: Policy): readonly PathRule[] => {
  if (paths !== undefined) return Object.entries(paths).map(([path, capabilities]) => ({ path, capabilities }));
  const hcl = text.computed === undefined ? (hclOf(given, text) ?? '') : '';
  const blocks = hcl.replaceAll(/^\s*(#|\/\/).*$/gm, '').split(/\bpath\s+(?="[^"\n]+"\s*\{)/);
  return blocks.flatMap((block) => {
    const path = /^"([^"\n]+)"\s*\{/.exec(block)?.[1];
    if (path === undefined) return [];
    const list = /\bcapabilities\s*=\s*\[([^\]]*)\]/.exec(block)?.[1];
    const capabilities = list === undefined ? undefined : [...list.matchAll(/"([^"]*)"/g)].map(([, word = '']) => word);
    return [{ path, ...(capabilities === undefined ? {} : { capabilities }) }];
  });
};
