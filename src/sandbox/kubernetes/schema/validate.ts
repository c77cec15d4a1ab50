import { duplicate, invalid, required, unsupported } from '../causes.ts';
import { elementsOf, isList, isMap, type Json, membersOf, same } from '../json.ts';
import type { Cause } from '../refusal.ts';
import { memberSchema, type Schema } from './schema.ts';

/** What is wrong with a custom resource, as its schema has it; CEL rules are not looked at. */
export const violations = (schema: Schema | undefined, value: Json, path = ''): readonly Cause[] => {
  if (schema === undefined || (value === null && schema.nullable === true)) return [];
  const mistyped = typeViolation(schema, value, path);
  if (mistyped !== undefined) return [mistyped];
  return [
    ...ownViolations(schema, value, path),
    ...innerViolations(schema, value, path),
    ...repeated(schema, value, path),
  ];
};

const typeOf = (value: Json): string => {
  if (value === null) return 'null';
  if (isList(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
};

const typeViolation = (schema: Schema, value: Json, path: string): Cause | undefined => {
  const wanted = schema['x-kubernetes-int-or-string'] === true ? ['integer', 'string'] : [schema.type];
  const found = typeOf(value);
  if (wanted[0] === undefined || wanted.includes(found) || (wanted[0] === 'number' && found === 'integer')) return;
  const message = `Invalid value: "${found}": ${path} in body must be of type ${wanted.join(',')}: "${found}"`;
  return { reason: 'FieldValueTypeInvalid', message, field: path };
};

const tooMany = (field: string, count: number, limit: number): Cause => ({
  reason: 'FieldValueTooMany',
  message: `Too many: ${count}: must have at most ${limit} item${limit === 1 ? '' : 's'}`,
  field,
});

const tooLong = (field: string, limit: number): Cause => ({
  reason: 'FieldValueTooLong',
  message: `Too long: may not be more than ${limit} bytes`,
  field,
});

const ownViolations = (schema: Schema, value: Json, path: string): readonly Cause[] => {
  const limited = limitViolation(schema, value, path);
  const listed = schema.enum === undefined || schema.enum.some((allowed) => same(allowed, value));
  return [...(limited === undefined ? [] : [limited]), ...(listed ? [] : [unsupported(path, value, schema.enum)])];
};

/** A pattern that only Go's dialect knows is not judged. */
const fits = (pattern: string, value: string): boolean => {
  try {
    return new RegExp(pattern).test(value);
  } catch {
    return true;
  }
};

/** The first limit that a value breaks: the API server names no second one. */
const limitViolation = (schema: Schema, value: Json, path: string): Cause | undefined => {
  const wrong = (shown: Json, should: string) => invalid(path, shown, `${path} in body should ${should}`);
  if (typeof value === 'string') {
    const { minLength = 0, maxLength = Infinity, pattern = '' } = schema;
    if (value.length > maxLength) return tooLong(path, maxLength);
    if (value.length < minLength) return wrong(value, `be at least ${minLength} chars long`);
    return fits(pattern, value) ? undefined : wrong(value, `match '${pattern}'`);
  }
  if (typeof value === 'number') {
    const { minimum = -Infinity, maximum = Infinity } = schema;
    if (value < minimum) return wrong(value, `be greater than or equal to ${minimum}`);
    return value > maximum ? wrong(value, `be less than or equal to ${maximum}`) : undefined;
  }
  if (!isMap(value) && !isList(value)) return undefined;
  const count = isMap(value) ? Object.keys(value).length : value.length;
  const { minProperties, maxProperties, minItems, maxItems } = schema;
  const [least = 0, most = Infinity] = isMap(value) ? [minProperties, maxProperties] : [minItems, maxItems];
  if (count < least) return wrong(count, `have at least ${least} ${isMap(value) ? 'properties' : 'items'}`);
  return count > most ? tooMany(path, count, most) : undefined;
};

const innerViolations = (schema: Schema, value: Json, path: string): readonly Cause[] => {
  if (isList(value)) return value.flatMap((item, index) => violations(schema.items, item, `${path}[${index}]`));
  if (!isMap(value)) return [];
  const at = (key: string) => (path === '' ? key : `${path}.${key}`);
  const missing = (schema.required ?? []).filter((key) => value[key] === undefined).map((key) => required(at(key)));
  return [
    ...missing,
    ...Object.entries(value).flatMap(([key, item]) => violations(memberSchema(schema, key), item, at(key))),
  ];
};

const repeated = (schema: Schema, value: Json, path: string): readonly Cause[] => {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const isSet = schema['x-kubernetes-list-type'] === 'set';
  if (!isSet && keys.length === 0) return [];
  const identities = elementsOf(value).map((item) =>
    isSet ? item : Object.fromEntries(keys.map((key) => [key, membersOf(item)[key] ?? null])),
  );
  return identities.flatMap((identity, index) =>
    identities.findIndex((earlier) => same(earlier, identity)) < index
      ? [duplicate(`${path}[${index}]`, identity)]
      : [],
  );
};
