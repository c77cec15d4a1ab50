import { duplicate, invalid, required, unsupported } from '../causes.ts';
import { elementsOf, isList, isMap, type Json, membersOf, same } from '../json.ts';
import type { Cause } from '../refusal.ts';
import { memberSchema, type Schema } from './schema.ts';

/** What is wrong with a custom resource, as its schema has it; CEL rules are not looked at. */
export const violations = (schema: Schema | undefined, value: Json, path = ''): readonly Cause[] => {
  if (schema === undefined || (value === null && schema.nullable === true)) return [];
  const mistyped = typeViolation(schema, value, path);
  if (mistyped !== undefined) return [mistyped];
  return [...ownViolations(schema, value, path), ...innerViolations(schema, value, path), ...repeated(schema, value, path)];
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
  const found: Cause[] = [];
  const within = (text: string) => `${path} in body should ${text}`;
  const above = (limit: number | undefined, count: number) => limit !== undefined && count > limit;
  const below = (limit: number | undefined, count: number) => limit !== undefined && count < limit;
  if (typeof value === 'string') {
    if (below(schema.minLength, value.length)) found.push(invalid(path, value, within(`be at least ${schema.minLength} chars long`)));
    if (above(schema.maxLength, value.length)) found.push(tooLong(path, schema.maxLength ?? 0));
    if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value)) {
      found.push(invalid(path, value, within(`match '${schema.pattern}'`)));
    }
  }
  if (typeof value === 'number') {
    if (below(schema.minimum, value)) found.push(invalid(path, value, within(`be greater than or equal to ${schema.minimum}`)));
    if (above(schema.maximum, value)) found.push(invalid(path, value, within(`be less than or equal to ${schema.maximum}`)));
  }
  if (isMap(value) || isList(value)) {
    const count = isMap(value) ? Object.keys(value).length : value.length;
    const [least, most, what] = isMap(value)
      ? [schema.minProperties, schema.maxProperties, 'properties']
      : [schema.minItems, schema.maxItems, 'items'];
    if (below(least, count)) found.push(invalid(path, count, within(`have at least ${least} ${what}`)));
    if (above(most, count)) found.push(tooMany(path, count, most ?? 0));
  }
  if (schema.enum !== undefined && !schema.enum.some((allowed) => same(allowed, value))) {
    found.push(unsupported(path, value, schema.enum));
  }
  return found;
};

const innerViolations = (schema: Schema, value: Json, path: string): readonly Cause[] => {
  if (isList(value)) return value.flatMap((item, index) => violations(schema.items, item, `${path}[${index}]`));
  if (!isMap(value)) return [];
  const at = (key: string) => (path === '' ? key : `${path}.${key}`);
  const missing = (schema.required ?? []).filter((key) => value[key] === undefined).map((key) => required(at(key)));
  return [...missing, ...Object.entries(value).flatMap(([key, item]) => violations(memberSchema(schema, key), item, at(key)))];
};

const repeated = (schema: Schema, value: Json, path: string): readonly Cause[] => {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const isSet = schema['x-kubernetes-list-type'] === 'set';
  if (!isSet && keys.length === 0) return [];
  const identities = elementsOf(value).map((item) =>
    isSet ? item : Object.fromEntries(keys.map((key) => [key, membersOf(item)[key] ?? null])),
  );
  return identities.flatMap((identity, index) =>
    identities.findIndex((earlier) => same(earlier, identity)) < index ? [duplicate(`${path}[${index}]`, identity)] : [],
  );
};
