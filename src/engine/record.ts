import { isSecret } from '../secrets/secret.ts';
import { isSourced } from '../secrets/source.ts';
import type { StateRecord } from '../state/store.ts';
import { plain } from './diff.ts';
import { fingerprintJson, valueAt } from './judge.ts';
import { formatPath, type Path } from './path.ts';
import { type Fields, isFields, isList, type Json, type Value } from './value.ts';

/** A spec as state keeps it: plain data, secrets as fingerprints where there is one. */
export const recordedSpec = (spec: Fields, fingerprints: Readonly<Record<string, string>>): Json => {
  const convert = (value: Value, path: Path): Json => {
    if (isSecret(value) || isSourced(value)) {
      const fingerprint = fingerprints[formatPath(path)];
      return fingerprint === undefined ? '(secret)' : fingerprintJson(fingerprint);
    }
    if (isList(value)) return value.map((item, index) => convert(item, [...path, index]));
    if (!isFields(value)) return plain(value);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, convert(item, [...path, key])]));
  };
  return convert(spec, []);
};

/** The fingerprint that state has for a secret field, if any. */
export const recordedFingerprint = (record: StateRecord | undefined, path: Path): string | undefined => {
  const kept = valueAt(record?.applied, path);
  return isFields(kept) && typeof kept['fingerprint'] === 'string' ? kept['fingerprint'] : undefined;
};
