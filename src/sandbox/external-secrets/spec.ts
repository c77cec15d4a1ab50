import { elementsOf, isMap, type Json, type JsonMap, membersOf, textOf } from '../kubernetes/json.ts';
import type { KubeObject } from '../kubernetes/object.ts';
import { parseDuration } from './duration.ts';

export type CreationPolicy = 'Owner' | 'Orphan' | 'Merge' | 'None';
export type DeletionPolicy = 'Delete' | 'Merge' | 'Retain';

/** Which store. */
export interface StoreRef {
  readonly kind: 'SecretStore' | 'ClusterSecretStore';
  readonly name: string;
}

/** Which value of a store. */
export interface RemoteRef {
  readonly key: string;
  /** '' = the whole. */
  readonly property: string;
  /** '' = the latest. */
  readonly version: string;
  readonly decode: string;
}

/** One key of the target. */
export interface DataEntry {
  readonly secretKey: string;
  readonly remote: RemoteRef;
  readonly store: StoreRef;
}

/** All keys of one remote secret; `unsupported` names what the sandbox cannot do of it. */
/** What makes values. */
export interface GeneratorRef {
  readonly kind: string;
  readonly name: string;
}

export interface DataFrom {
  readonly store: StoreRef;
  readonly generator?: GeneratorRef;
  readonly extract?: RemoteRef;
  readonly unsupported?: string;
}

export interface TargetTemplate {
  readonly type: string;
  readonly merge: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, string>>;
  readonly unsupported?: string;
}

/** What an ExternalSecret asks for, with the defaults of its definition filled in. */
export interface ExternalSecretSpec {
  readonly store: StoreRef;
  readonly refreshPolicy: string;
  /** Seconds; 0 or less = never again. */
  readonly refreshInterval: number;
  readonly targetName: string;
  readonly creationPolicy: CreationPolicy;
  readonly deletionPolicy: DeletionPolicy;
  readonly immutable: boolean;
  readonly template?: TargetTemplate;
  readonly data: readonly DataEntry[];
  readonly dataFrom: readonly DataFrom[];
}

/** Reads the spec of an ExternalSecret that the API server has checked. */
export const specOf = (object: KubeObject): ExternalSecretSpec => {
  const spec = membersOf(object['spec']);
  const target = membersOf(spec['target']);
  const store = storeRefOf(spec['secretStoreRef'], { kind: 'SecretStore', name: '' });
  return {
    store,
    refreshPolicy: textOf(spec['refreshPolicy']) ?? 'Periodic',
    refreshInterval: parseDuration(textOf(spec['refreshInterval']) ?? '1h') ?? 0,
    targetName: textOf(target['name']) ?? object.metadata.name,
    creationPolicy: oneOf(['Owner', 'Orphan', 'Merge', 'None'], target['creationPolicy']),
    deletionPolicy: oneOf(['Retain', 'Delete', 'Merge'], target['deletionPolicy']),
    immutable: target['immutable'] === true,
    ...(isMap(target['template']) ? { template: templateOf(target['template']) } : {}),
    data: elementsOf(spec['data']).map((entry) => {
      const { secretKey, remoteRef, sourceRef } = membersOf(entry);
      return {
        secretKey: textOf(secretKey) ?? '',
        remote: remoteRefOf(membersOf(remoteRef)),
        store: storeRefOf(membersOf(sourceRef)['storeRef'], store),
      };
    }),
    dataFrom: elementsOf(spec['dataFrom']).map((entry) => dataFromOf(membersOf(entry), store)),
  };
};

/** The first of the words that the value is; else the first. */
const oneOf = <Word extends string>(words: readonly [Word, ...Word[]], value: unknown): Word =>
  words.find((word) => word === value) ?? words[0];

const storeRefOf = (value: Json | undefined, otherwise: StoreRef): StoreRef => {
  if (!isMap(value)) return otherwise;
  const { kind, name } = value;
  return { kind: oneOf(['SecretStore', 'ClusterSecretStore'], kind), name: textOf(name) ?? otherwise.name };
};

const remoteRefOf = (ref: JsonMap): RemoteRef => ({
  key: textOf(ref['key']) ?? '',
  property: textOf(ref['property']) ?? '',
  version: textOf(ref['version']) ?? '',
  decode: textOf(ref['decodingStrategy']) ?? 'None',
});

const dataFromOf = (entry: JsonMap, store: StoreRef): DataFrom => {
  const source = membersOf(entry['sourceRef']);
  const from = { store: storeRefOf(source['storeRef'], store) };
  const unsupported = ['find', 'rewrite'].find((field) => entry[field] !== undefined);
  if (unsupported !== undefined) return { ...from, unsupported };
  if (isMap(source['generatorRef'])) {
    const { kind, name } = source['generatorRef'];
    return { ...from, generator: { kind: textOf(kind) ?? '', name: textOf(name) ?? '' } };
  }
  return { ...from, extract: remoteRefOf(membersOf(entry['extract'])) };
};

const textsOf = (value: Json | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(membersOf(value)).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])),
  );

const templateOf = (template: JsonMap): TargetTemplate => {
  const metadata = membersOf(template['metadata']);
  const isOldEngine = (textOf(template['engineVersion']) ?? 'v2') !== 'v2';
  const unsupported = isOldEngine
    ? 'engineVersion'
    : template['templateFrom'] === undefined
      ? undefined
      : 'templateFrom';
  return {
    type: textOf(template['type']) ?? '',
    merge: template['mergePolicy'] === 'Merge',
    labels: textsOf(metadata['labels']),
    annotations: textsOf(metadata['annotations']),
    data: textsOf(template['data']),
    ...(unsupported === undefined ? {} : { unsupported }),
  };
};
