import { z } from 'zod';

const schema = z.object({
  $ref: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
});

const operation = z.object({
  requestBody: z.object({ content: z.record(z.string(), z.object({ schema })) }).optional(),
});

const shape = z.object({
  info: z.object({ title: z.string(), version: z.string() }),
  paths: z.record(z.string(), z.unknown()),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }).optional(),
});

const written = z.object({ post: operation.optional(), patch: operation.optional() });

/** What a Vault tells of its own API, as far as the login that asked reaches into each mount. */
export interface Description {
  /** `vault 1.21.4` */
  readonly server: string;
  /** The words that a write of a path takes; any: whatever it is given; undefined: it does not tell. */
  wordsOf(path: string): ReadonlySet<string> | 'any' | undefined;
}

/** Reads what `sys/internal/specs/openapi` answers; undefined for something else. */
export const toDescription = (answer: unknown): Description | undefined => {
  const parsed = shape.safeParse(answer);
  if (!parsed.success) return undefined;
  const { info, paths, components } = parsed.data;
  const templates = Object.keys(paths).map(toTemplate);
  return {
    server: `${info.title.startsWith('OpenBao') ? 'openbao' : 'vault'} ${info.version}`,
    wordsOf: (path) => {
      const [best] = templates
        .filter(({ pattern }) => pattern.test(`/${path}`))
        .toSorted((left, right) => right.literal - left.literal);
      return best === undefined ? undefined : wordsIn(paths[best.path], components?.schemas ?? {});
    },
  };
};

/** A path of the description; of several that fit, the one that says most of it letter by letter is meant. */
interface Template {
  readonly path: string;
  readonly pattern: RegExp;
  readonly literal: number;
}

const toTemplate = (path: string): Template => {
  const literals = path.split(/\{[^}]*\}/);
  const pattern = literals.map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.+');
  return { path, pattern: new RegExp(`^${pattern}$`), literal: literals.join('').length };
};

const wordsIn = (path: unknown, schemas: Readonly<Record<string, unknown>>): ReturnType<Description['wordsOf']> => {
  const parsed = written.safeParse(path).data;
  const write = parsed?.post ?? parsed?.patch;
  // OpenBao has no body where a write takes anything: KV of version 1.
  if (write !== undefined && write.requestBody === undefined) return 'any';
  const [content] = Object.values(write?.requestBody?.content ?? {});
  const name = content?.schema.$ref?.split('/').at(-1);
  const body = name === undefined ? content?.schema : schema.safeParse(schemas[name]).data;
  if (body?.additionalProperties === true) return 'any';
  return body?.properties === undefined ? undefined : new Set(Object.keys(body.properties));
};
