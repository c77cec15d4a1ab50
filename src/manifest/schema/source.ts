import { z } from 'zod';
import type { ExecSource, LocalSource, PromptSource } from '../../secrets/source.ts';
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

/** STORE/KEY: one secret of a store. */
export const storeKey = () =>
  z
    .string()
    .regex(/^[^/]+\/.+$/, 'is not STORE/KEY')
    .transform((text) => ({ name: text.slice(0, text.indexOf('/')), key: text.slice(text.indexOf('/') + 1) }));

const shape = {
  env: envName.optional().describe('An environment variable of the process that runs lab'),
  file: fileName().optional().describe("A file in the manifest's folder"),
  generate: generated.optional().describe('Made by lab once, when the remote key is absent'),
};
const credentialShape = { env: shape.env, file: shape.file };
const store = storeKey().optional().describe('STORE/KEY or STORE/KEY#PROPERTY: a secret of a store, which lab reads');

const prompt = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => !/\p{C}/u.test(text), 'is what is asked for: one line of text')
  .optional()
  .describe('Asked for at the terminal, when apply has to write it');

const exec = z
  .array(z.string().min(1))
  .min(1)
  .refine(
    (words) => !words.some((word) => /\p{C}/u.test(word)),
    'is a program and its arguments, each one line of text',
  )
  .optional()
  .describe('A program and its arguments, which prints the value; run only by apply --allow-exec');

const anySource = 'must name one source: {env: NAME}, {file: PATH} or {generate: {}}';
const valueSources =
  'must name one source: {env: NAME}, {file: PATH}, {store: STORE/KEY}, {prompt: TEXT}, {exec: [PROGRAM]} or {generate: {}}';
const credential = 'must name one source: {env: NAME} or {file: PATH}';
const password = 'must name one source: {env: NAME}, {file: PATH} or {store: STORE/KEY}';

/** A source as the manifest has it: which store a name means is found out later. */
export type WrittenSource =
  | LocalSource
  | PromptSource
  | ExecSource
  | { readonly from: 'store'; readonly store: z.output<ReturnType<typeof storeKey>> };

interface Written {
  readonly env?: string | undefined;
  readonly file?: string | undefined;
  readonly generate?: z.output<typeof generated> | undefined;
}

interface WrittenAnywhere extends Written {
  readonly store?: z.output<ReturnType<typeof storeKey>> | undefined;
  readonly prompt?: string | undefined;
  readonly exec?: readonly string[] | undefined;
}

const parse = (written: Written, context: z.core.$RefinementCtx, expected: string): LocalSource =>
  only(localSources(written), context, expected);

const parseAny = (
  { store: named, prompt: asked, exec: words, ...written }: WrittenAnywhere,
  context: z.core.$RefinementCtx,
  expected: string,
): WrittenSource => {
  const stored = named === undefined ? [] : [{ from: 'store', store: named } as const];
  const typed = asked === undefined ? [] : [{ from: 'prompt', text: plain(asked) } as const];
  const [program, ...args] = (words ?? []).map(plain);
  const run = program === undefined ? [] : [{ from: 'exec', command: [program, ...args] } as const];
  return only([...localSources(written), ...stored, ...typed, ...run], context, expected);
};

const localSources = (written: Written): LocalSource[] => [
  ...(written.env === undefined ? [] : [{ from: 'env', name: written.env } as const]),
  ...(written.file === undefined ? [] : [{ from: 'file', path: plain(written.file) } as const]),
  ...(written.generate === undefined ? [] : [{ from: 'generate', ...written.generate } as const]),
];

const only = <Named>([source, second]: readonly Named[], context: z.core.$RefinementCtx, expected: string): Named => {
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
  z
    .strictObject({ ...shape, store, prompt, exec }, noLiteral(valueSources))
    .transform((written, context) => parseAny(written, context, valueSources));

/** Where a password that Vault is to log in with comes from: a store may have it, and it cannot be made up. */
export const passwordSource = () =>
  z
    .strictObject({ ...credentialShape, store }, noLiteral(password))
    .transform((written, context) => parseAny(written, context, password));

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
