import type { Json } from '../json.ts';

/**
 * The structural OpenAPI schema of a CustomResourceDefinition; the built-in types are described with it too.
 * https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/custom-resource-definition-v1/#JSONSchemaProps
 */
export interface Schema {
  readonly type?: string;
  /** `quantity`: an amount such as 500m or 1Gi. `micro-time`: RFC 3339 with exactly six digits behind the second. */
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly default?: Json;
  readonly nullable?: boolean;
  readonly enum?: readonly Json[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: string;
}

type Properties = Readonly<Record<string, Schema>>;

/** Single values. */
export const text: Schema = { type: 'string' };
export const integer: Schema = { type: 'integer' };
export const int32: Schema = { type: 'integer', format: 'int32' };
export const microTime: Schema = { type: 'string', format: 'micro-time' };
export const boolean: Schema = { type: 'boolean' };

/** An amount of CPU or memory: `500m`, `1Gi`, `2`. */
export const quantity: Schema = { format: 'quantity', 'x-kubernetes-int-or-string': true };

/** Anything at all, kept as it is: maps are merged, lists are atomic. */
export const anything: Schema = { 'x-kubernetes-preserve-unknown-fields': true };

/** An object that may have these members. */
export const object = (properties: Properties, required?: readonly string[]): Schema => ({
  type: 'object',
  properties,
  ...(required === undefined ? {} : { required }),
});

/** An object of which only these members are described; others are kept as they are. */
export const openObject = (properties: Properties): Schema => ({ ...object(properties), ...anything });

/** A map from any key to one type of value. */
export const mapOf = (additionalProperties: Schema): Schema => ({ type: 'object', additionalProperties });

/** Labels, annotations, data: a map of texts. */
export const textMap: Schema = mapOf(text);

/** A map or object that has one owner as a whole. */
export const atomic = (schema: Schema): Schema => ({ ...schema, 'x-kubernetes-map-type': 'atomic' });

/** A list that has one owner as a whole. */
export const listOf = (items: Schema): Schema => ({ type: 'array', items });

/** A list of single values, each with owners of its own. */
export const setOf = (items: Schema): Schema => ({ ...listOf(items), 'x-kubernetes-list-type': 'set' });

/** A list whose items are known by some of their members, each with owners of its own. */
export const keyedList = (keys: readonly string[], items: Schema): Schema => ({
  ...listOf(items),
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': keys,
});

/** The same schema with a value for where there is none. */
export const byDefault = (schema: Schema, value: Json): Schema => ({ ...schema, default: value });

/** The schema of one member of an object; undefined if the schema does not speak of it. */
export const memberSchema = (schema: Schema | undefined, key: string): Schema | undefined => {
  const { properties = {}, additionalProperties } = schema ?? {};
  if (Object.hasOwn(properties, key)) return properties[key];
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
};

/** Whether an object may have members that its schema does not speak of. */
export const keepsUnknown = (schema: Schema | undefined): boolean =>
  schema === undefined ||
  schema['x-kubernetes-preserve-unknown-fields'] === true ||
  schema.additionalProperties === true;
