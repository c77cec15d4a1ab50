import { immutable, invalid, notAllowed, required } from '../causes.ts';
import { type JsonMap, membersOf, same, textOf } from '../json.ts';
import type { KubeObject } from '../object.ts';
import { badRequest, type Cause } from '../refusal.ts';
import type { Rules } from '../resource-type.ts';

const largest = 1024 * 1024;
const keyPattern = /^[-._a-zA-Z0-9]+$/;
const keyRule =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

const badKeys = (field: string, data: JsonMap): readonly Cause[] =>
  Object.keys(data)
    .filter((key) => !keyPattern.test(key))
    .map((key) => invalid(`${field}[${key}]`, key, keyRule));

const tooBig = (field: string, bytes: number): readonly Cause[] =>
  bytes > largest
    ? [{ reason: 'FieldValueTooLong', message: `Too long: may not be more than ${largest} bytes`, field }]
    : [];

/** Once `immutable` is set, these members stay as they are. */
const frozen = (object: KubeObject, before: KubeObject | undefined, fields: readonly string[]): readonly Cause[] => {
  if (before?.['immutable'] !== true) return [];
  const detail = 'field is immutable when `immutable` is set';
  return [...(object['immutable'] === true ? [] : ['immutable']), ...fields]
    .filter((field) => !same(object[field], before[field]))
    .map((field) => notAllowed(field, detail));
};

/** ConfigMap. */
export const configMapRules: Partial<Rules> = {
  check: (object, before) => {
    const [data, binaryData] = [membersOf(object['data']), membersOf(object['binaryData'])];
    const bytes = [...Object.values(data), ...Object.values(binaryData)].reduce<number>(
      (sum, value) => sum + Buffer.byteLength(textOf(value) ?? ''),
      0,
    );
    return [
      ...badKeys('data', data),
      ...badKeys('binaryData', binaryData),
      ...tooBig('', bytes),
      ...frozen(object, before, ['data', 'binaryData']),
    ];
  },
};

const neededKeys: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/basic-auth': ['username', 'password'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
};
const jsonKeys = ['.dockerconfigjson', '.dockercfg'];
const accountAnnotation = 'kubernetes.io/service-account.name';

const typeViolations = (object: KubeObject, data: JsonMap): readonly Cause[] => {
  const type = textOf(object['type']) ?? '';
  if (type === 'kubernetes.io/service-account-token') {
    const account = object.metadata.annotations?.[accountAnnotation];
    return account ? [] : [required(`metadata.annotations[${accountAnnotation}]`)];
  }
  const missing = (neededKeys[type] ?? []).filter((key) => data[key] === undefined);
  // Either of the two is enough.
  if (type === 'kubernetes.io/basic-auth' && missing.length < 2) return [];
  const broken = (neededKeys[type] ?? []).filter(
    (key) => jsonKeys.includes(key) && data[key] !== undefined && !isJson(data[key]),
  );
  return [
    ...missing.map((key) => required(`data[${key}]`)),
    ...broken.map((key) => invalid(`data[${key}]`, '<secret contents redacted>', notJson(data[key]))),
  ];
};

const notJson = (base64: unknown): string =>
  `invalid character '${Buffer.from(String(base64), 'base64').toString().slice(0, 1)}' looking for beginning of value`;

const isJson = (base64: unknown): boolean => {
  try {
    JSON.parse(Buffer.from(String(base64), 'base64').toString());
    return true;
  } catch {
    return false;
  }
};

/** Secret: `stringData` becomes `data`, some types need keys, the type never changes. */
export const secretRules: Partial<Rules> = {
  prepare: ({ stringData, ...object }) => {
    const written = Object.entries(membersOf(stringData)).map(([key, value]) => {
      return [key, Buffer.from(textOf(value) ?? '').toString('base64')] as const;
    });
    const data = { ...membersOf(object['data']), ...Object.fromEntries(written) };
    const type = textOf(object['type']) || 'Opaque';
    const { apiVersion, kind, metadata } = object;
    return { ...object, apiVersion, kind, metadata, ...(Object.keys(data).length === 0 ? {} : { data }), type };
  },
  check: (object, before) => {
    const data = membersOf(object['data']);
    const bytes = Object.values(data).reduce<number>((sum, value) => sum + byteLength(value), 0);
    const retyped = before !== undefined && before['type'] !== object['type'];
    return [
      ...(retyped ? [immutable('type', object['type'] ?? '')] : []),
      ...badKeys('data', data),
      ...tooBig('data', bytes),
      ...typeViolations(object, data),
      ...frozen(object, before, ['data']),
    ];
  },
};

const byteLength = (value: unknown): number => Buffer.byteLength(String(value), 'base64');

/** The position of the first byte that is no base64, as the API server counts it; undefined if all is well. */
export const base64Fault = (text: string): number | undefined => {
  const clean = text.replaceAll(/[\r\n]/g, '');
  const odd = clean.search(/[^A-Za-z0-9+/=]/);
  if (odd >= 0) return odd;
  if (clean.length % 4 !== 0) return clean.length - (clean.length % 4);
  const padding = clean.indexOf('=');
  return padding >= 0 && !/^={1,2}$/.test(clean.slice(padding)) ? padding : undefined;
};

/** Refuses a Secret whose `data` is no base64; `said` puts the reason into the sentence that fits the request. */
export const refuseNonBase64 = (object: JsonMap, said: (reason: string) => never = badRequest): void => {
  for (const value of Object.values(membersOf(object['data']))) {
    const fault = base64Fault(textOf(value) ?? '');
    if (fault !== undefined) said(`illegal base64 data at input byte ${fault}`);
  }
};
