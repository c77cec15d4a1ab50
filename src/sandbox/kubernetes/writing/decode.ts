import { parse } from 'yaml';
import type { Request } from '../../http.ts';
import { metadataSchema } from '../built-in/metadata-schema.ts';
import { refuseNonBase64 } from '../built-in/secret-rules.ts';
import { isList, isMap, type Json, type JsonMap, membersOf, textOf } from '../json.ts';
import type { KubeObject, Metadata } from '../object.ts';
import { badRequest, unsupportedMedia } from '../refusal.ts';
import { apiVersionOf, type ResourceType } from '../resource-type.ts';
import { pruned, unknownFields } from '../schema/prune.ts';
import { memberSchema, type Schema } from '../schema/schema.ts';

/** The media type of a request's body, without its parameters. */
export const mediaTypeOf = ({ headers }: Request): string =>
  (headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';

/** The JSON or YAML that a request carries for a type. Throws 415 and 400. */
export const readBody = (request: Request, type: Pick<ResourceType, 'kind'>): JsonMap => {
  const media = mediaTypeOf(request);
  if (!['application/json', 'application/yaml'].includes(media)) return unsupportedMedia();
  const body = parseBody(request.body, media === 'application/yaml');
  if (isMap(body)) return body;
  const hex = Buffer.from(request.body).toString('hex');
  return badRequest(
    `the object provided is unrecognized (must be of type ${type.kind}): couldn't get version/kind; json parse error (${hex})`,
  );
};

/** undefined if it cannot be parsed. */
export const parseBody = (body: string, isYaml: boolean): Json | undefined => {
  try {
    // Version 1.1, in which a bare `y` or `no` is a boolean, as the API server reads it.
    return isYaml ? parse(body, { version: '1.1' }) : JSON.parse(body);
  } catch {
    return undefined;
  }
};

/** The object that a body stands for, without what its type does not know. Throws 400 where it cannot be read as one. */
export const decodeObject = (type: ResourceType, body: JsonMap, strict = false): KubeObject => {
  const kind = textOf(body['kind']) || type.kind;
  const apiVersion = textOf(body['apiVersion']) || apiVersionOf(type);
  const version = apiVersion.split('/').at(-1);
  const unhandled = (because: string): never =>
    badRequest(`${kind} in version "${version}" cannot be handled as a ${type.kind}: ${because}`);
  if (kind !== type.kind || apiVersion !== apiVersionOf(type)) unhandled('unknown conversion');
  const mistyped = mistypedField(
    type.custom ? { properties: { metadata: metadataSchema } } : type.schema,
    body,
    type.kind,
  );
  if (mistyped !== undefined) unhandled(`json: cannot unmarshal ${mistyped}`);
  const mistimed = type.custom ? undefined : mistimedField(type.schema, body);
  if (mistimed !== undefined) unhandled(mistimed);
  if (type.kind === 'Secret' && !type.custom) refuseNonBase64(body, unhandled);
  const unknown = strict ? unknownFields(type.schema, body) : [];
  if (unknown.length > 0) {
    unhandled(`strict decoding error: ${unknown.map((field) => `unknown field "${field}"`).join(', ')}`);
  }
  const known = membersOf(pruned(type.schema, body));
  // The parse boundary: mistypedField has looked at every member of metadata.
  const metadata = { name: '', ...membersOf(known['metadata']) } as Metadata;
  return { ...known, apiVersion: apiVersionOf(type), kind: type.kind, metadata };
};

const goTypes: Readonly<Record<string, string>> = {
  string: 'string',
  boolean: 'bool',
  integer: 'int64',
  number: 'float64',
};

const goTypeOf = (schema: Schema): string => {
  if (schema.type === 'array') return `[]${goTypeOf(schema.items ?? {})}`;
  if (typeof schema.additionalProperties === 'object') return `map[string]${goTypeOf(schema.additionalProperties)}`;
  return schema.format === 'int32' ? 'int32' : (goTypes[schema.type ?? ''] ?? 'struct');
};

const jsonTypeOf = (value: Json): string => {
  if (isList(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
};

/** The first member that is of another type than its schema says, in the words of Go's JSON decoder. */
const mistypedField = (schema: Schema | undefined, value: Json, path: string): string | undefined => {
  if (schema === undefined || value === null || schema['x-kubernetes-int-or-string'] === true) return undefined;
  const fits =
    schema.type === undefined ||
    schema.type === shapeNames[jsonTypeOf(value)] ||
    (schema.type === 'integer' && typeof value === 'number');
  if (!fits) return `${jsonTypeOf(value)} into Go struct field ${path} of type ${goTypeOf(schema)}`;
  if (isList(value)) return firstOf(value.map((item) => () => mistypedField(schema.items, item, path)));
  if (!isMap(value)) return undefined;
  const inMap = schema.additionalProperties !== undefined;
  return firstOf(
    Object.entries(value).map(([key, item]) => () => {
      const owner = inMap ? path : ownerOf(key, path);
      return mistypedField(memberSchema(schema, key), item, inMap ? path : `${isMap(item) ? owner : path}.${key}`);
    }),
  );
};

/** The Go type that a member of an object belongs to. */
const ownerOf = (key: string, path: string): string => {
  if (key === 'metadata') return 'ObjectMeta';
  return key === 'spec' && !path.includes('.') ? `${path}Spec` : path;
};

/** The first time that is not written as its schema says, in the words of Go's parser. */
const mistimedField = (schema: Schema | undefined, value: Json): string | undefined => {
  if (isMap(value)) {
    return firstOf(
      Object.entries(value).map(
        ([key, item]) =>
          () =>
            mistimedField(memberSchema(schema, key), item),
      ),
    );
  }
  if (schema?.format !== 'micro-time' || typeof value !== 'string') return undefined;
  const [, rest] = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(.*)$/.exec(value) ?? [];
  if (rest !== undefined && /^\.\d{6}(Z|[+-]\d\d:\d\d)$/.test(rest)) return undefined;
  const fault = rest === undefined ? `"${value}" as "2006"` : `"${rest}" as ".000000"`;
  return `parsing time "${value}" as "2006-01-02T15:04:05.000000Z07:00": cannot parse ${fault}`;
};

const shapeNames: Readonly<Record<string, string>> = {
  object: 'object',
  array: 'array',
  string: 'string',
  bool: 'boolean',
  number: 'number',
};

const firstOf = <T>(attempts: readonly (() => T | undefined)[]): T | undefined => {
  for (const attempt of attempts) {
    const found = attempt();
    if (found !== undefined) return found;
  }
  return undefined;
};
