import { z } from 'zod';
import type { Source } from '../../secrets/source.ts';
import { plain } from '../text.ts';

const envName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is no name of an environment variable');

/** A file of the manifest's folder. Symbolic links are followed later, when files may be looked at. */
export const fileName = () =>
  z
    .string()
    .refine(
      (text) => text !== '' && !text.startsWith('/') && !text.split(/[/\\]/).includes('..'),
      'must lie in the folder of the manifest: a relative path without ".."',
    );

const generated = z.strictObject({
  length: z.int().min(8).max(1024).default(32).describe('Characters, 8 to 1024'),
  alphabet: z.enum(['alphanumeric', 'hex', 'printable']).default('alphanumeric'),
});

const shape = {
  env: envName.optional().describe('An environment variable of the process that runs lab'),
  file: fileName().optional().describe("A file in the manifest's folder"),
  generate: generated.optional().describe('Made by lab once, when the remote key is absent'),
};
const credentialShape = { env: shape.env, file: shape.file };

const anySource = 'must name one source: {env: NAME}, {file: PATH} or {generate: {}}';
const credential = 'must name one source: {env: NAME} or {file: PATH}';

interface Written {
  readonly env?: string | undefined;
  readonly file?: string | undefined;
  readonly generate?: z.output<typeof generated> | undefined;
}

const parse = (written: Written, context: z.core.$RefinementCtx, expected: string): Source => {
  const sources: Source[] = [
    ...(written.env === undefined ? [] : [{ from: 'env', name: written.env } as const]),
    ...(written.file === undefined ? [] : [{ from: 'file', path: plain(written.file) } as const]),
    ...(written.generate === undefined ? [] : [{ from: 'generate', ...written.generate } as const]),
  ];
  const [source, second] = sources;
  if (source !== undefined && second === undefined) return source;
  context.addIssue({ code: 'custom', message: expected });
  return z.NEVER;
};

// A value itself has no place in a file that lies in Git.
const noLiteral = (expected: string) => ({
  error: (issue: { readonly code?: string }) => (issue.code === 'invalid_type' ? expected : undefined),
});

/** Where a secret value comes from. */
export const valueSource = () =>
  z.strictObject(shape, noLiteral(anySource)).transform((written, context) => parse(written, context, anySource));

/** Where a credential of lab's own comes from: it cannot be made up. */
export const credentialSource = () =>
  z
    .strictObject(credentialShape, noLiteral(credential))
    .transform((written, context) => parse(written, context, credential));

/** What to do when source or store surprise us. */
export const surprises = {
  onMissingSource: z
    .enum(['keep', 'enforce'])
    .default('keep')
    .describe('keep: the source is needed only while the remote key is absent; enforce: it must be there'),
  onExternalChange: z
    .enum(['keep', 'overwrite'])
    .default('keep')
    .describe('keep: a value that somebody else changed is reported; overwrite: it is written again'),
};

/** A source with its policies in one map: how a secret field is written under `resources`. */
export const sourcedField = () =>
  z
    .strictObject({ ...shape, ...surprises }, noLiteral(anySource))
    .transform(({ onMissingSource, onExternalChange, ...written }, context) => ({
      source: parse(written, context, anySource),
      onMissingSource,
      onExternalChange,
    }));
