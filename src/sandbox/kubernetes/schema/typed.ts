import { isList, isMap, type Json, membersOf, sortedText } from '../json.ts';
import { internal } from '../refusal.ts';
import { keepsUnknown, memberSchema, type Schema } from './schema.ts';

/** Which object was applied, as the message has it: `/a; v1, Kind=ConfigMap`. */
export interface AppliedTo {
  readonly namespace: string;
  readonly name: string;
  readonly apiVersion: string;
  readonly kind: string;
}

/** Refuses with 500, as the API server does, what server-side apply cannot read by the schema. */
export const refuseUntyped = (schema: Schema, value: Json, { namespace, name, apiVersion, kind }: AppliedTo): void => {
  const found = mismatches(schema, value, '');
  if (found.length === 0) return;
  const version = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`;
  const said = found.length === 1 ? found[0] : `errors:\n${found.map((line) => `  ${line}`).join('\n')}`;
  internal(`failed to create typed patch object (${namespace}/${name}; ${version}, Kind=${kind}): ${said}`);
};

const mismatches = (schema: Schema | undefined, value: Json, path: string): readonly string[] => {
  if (schema === undefined || value === null) return [];
  const wanted = schema['x-kubernetes-int-or-string'] === true ? '' : (schema.type ?? '');
  switch (wanted) {
    case 'string':
      return typeof value === 'string'
        ? []
        : [`${path}: expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`];
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${path}: expected boolean, got &{${brief(value)}}`];
    case 'integer':
    case 'number':
      return typeof value === 'number'
        ? []
        : [`${path}: expected numeric (int or float), got ${typeNames[typeof value] ?? typeof value}`];
    case 'array':
      return isList(value) ? listMismatches(schema, value, path) : [`${path}: expected list, got &{${brief(value)}}`];
    case 'object':
      return isMap(value) ? mapMismatches(schema, value, path) : [`${path}: expected map, got &{${brief(value)}}`];
    default:
      return isMap(value) ? mapMismatches(schema, value, path) : [];
  }
};

const typeNames: Readonly<Record<string, string>> = { boolean: 'bool', object: 'map[string]interface {}' };

/** A value as Go prints it. */
const goSyntax = (value: Json): string => {
  if (isList(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (!isMap(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${goSyntax(item)}`);
  return `map[string]interface {}{${members.join(', ')}}`;
};

const brief = (value: Json): string => {
  if (isList(value)) return `[${value.map(brief).join(' ')}]`;
  if (!isMap(value)) return typeof value === 'string' ? value : JSON.stringify(value);
  const members = Object.entries(value).map(([key, item]) => `${key}:${brief(item)}`);
  return `map[${members.join(' ')}]`;
};

const mapMismatches = (schema: Schema, value: Json, path: string): readonly string[] =>
  Object.entries(membersOf(value)).flatMap(([key, item]) => {
    const known = memberSchema(schema, key);
    if (known === undefined && !keepsUnknown(schema)) return [`${path}.${key}: field not declared in schema`];
    return mismatches(known, item, `${path}.${key}`);
  });

const listMismatches = (schema: Schema, value: readonly Json[], path: string): readonly string[] => {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const seen = new Set<string>();
  return value.flatMap((item, index) => {
    if (schema['x-kubernetes-list-type'] === 'set') {
      return repeats(seen, sortedText(item)) ? [`${path}: duplicate entries for key [=${sortedText(item)}]`] : [];
    }
    if (keys.length === 0) return mismatches(schema.items, item, `${path}[${index}]`);
    const pairs = keys.map((key) => [key, membersOf(item)[key] ?? schema.items?.properties?.[key]?.default] as const);
    const missing = pairs.find(([, part]) => part === undefined);
    if (missing !== undefined) {
      const said = `associative list with keys has an element that omits key field "${missing[0]}" (and doesn't have default value)`;
      return [`${path}: element ${index}: ${said}`];
    }
    const at = `[${pairs.map(([key, part]) => `${key}=${JSON.stringify(part)}`).join(',')}]`;
    return repeats(seen, at)
      ? [`${path}: duplicate entries for key ${at}`]
      : mismatches(schema.items, item, `${path}${at}`);
  });
};

const repeats = (seen: Set<string>, key: string): boolean => {
  if (seen.has(key)) return true;
  seen.add(key);
  return false;
};
