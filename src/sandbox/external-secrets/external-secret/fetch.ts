import type { KubeObject } from '../../kubernetes/object.ts';
import type { Cluster } from '../cluster.ts';
import { decode } from '../decode.ts';
import type { Recorder } from '../events.ts';
import { explaining, fail, failureIn } from '../failure.ts';
import { rawMembers, textOfRaw } from '../json-text.ts';
import type { StoreProviders, StoreReader } from '../readers/reader.ts';
import type { DataFrom, ExternalSecretSpec, RemoteRef, StoreRef } from '../spec.ts';
import { openStore } from '../store/open-store.ts';
import { generate } from './generate.ts';

/** The bytes of each key of a target. */
export type SecretData = Map<string, Uint8Array>;

/** Reads everything that an ExternalSecret names; later entries win. What is absent fails unless a deletion policy allows it. */
export const fetchData = async (
  cluster: Cluster,
  providers: StoreProviders,
  record: Recorder,
  object: KubeObject,
  spec: ExternalSecretSpec,
): Promise<SecretData> => {
  const stores = openStores(cluster, providers, object.metadata.namespace ?? '');
  const found: SecretData = new Map();
  const missing = (what: string): void =>
    record(object, 'Normal', 'MissingProviderSecret', `secret does not exist at provider using ${what}`);
  const valuesFrom = (from: DataFrom, index: number): Promise<SecretData> => {
    const { generator } = from;
    if (generator === undefined) {
      return explaining(`error processing spec.dataFrom[${index}].extract, err: `, () => extract(stores.get, from));
    }
    return explaining(`error processing spec.dataFrom[${index}].sourceRef.generatorRef, err: `, () =>
      generate(cluster, providers, object.metadata.namespace ?? '', generator),
    );
  };
  try {
    for (const [index, from] of spec.dataFrom.entries()) {
      const all = await allowingAbsence(spec, () => valuesFrom(from, index));
      if (all === undefined) missing(`spec.dataFrom[${index}]`);
      for (const [key, bytes] of all ?? []) found.set(key, bytes);
    }
    for (const [index, { secretKey, remote, store }] of spec.data.entries()) {
      const bytes = await allowingAbsence(spec, () =>
        explaining(`error processing spec.data[${index}] (key: ${remote.key}), err: `, async () =>
          decode(remote.decode, await (await stores.get(store)).read(remote)),
        ),
      );
      // The operator's own message, which says dataFrom here too.
      if (bytes === undefined) missing(`spec.dataFrom[${index}] (key=${remote.key})`);
      else found.set(secretKey, bytes);
    }
    return found;
  } finally {
    await stores.close();
  }
};

const allowingAbsence = async <T>(
  { deletionPolicy }: ExternalSecretSpec,
  run: () => Promise<T>,
): Promise<T | undefined> => {
  try {
    return await run();
  } catch (error) {
    if (deletionPolicy !== 'Retain' && failureIn(error)?.kind === 'absent') return undefined;
    throw error;
  }
};

const extract = async (get: (ref: StoreRef) => Promise<StoreReader>, from: DataFrom): Promise<SecretData> => {
  if (from.extract === undefined) return fail(`the sandbox does not know dataFrom.${from.unsupported ?? 'extract'}`);
  const ref = from.extract;
  const all = await readAll(await get(from.store), ref);
  for (const key of all.keys()) checkKey(key);
  return new Map([...all].map(([key, bytes]) => [key, decode(ref.decode, bytes)] as const));
};

const readAll = async (reader: StoreReader, ref: RemoteRef): Promise<ReadonlyMap<string, Uint8Array>> => {
  if (reader.readAll !== undefined) return reader.readAll(ref);
  const members = rawMembers(Buffer.from(await reader.read(ref)).toString('utf8'));
  if (members === undefined) return fail('the secret is not a JSON object');
  return new Map([...members].map(([key, raw]) => [key, Buffer.from(textOfRaw(raw))] as const));
};

const checkKey = (key: string): void => {
  const odd = /[^\p{L}\p{N}\-._]/u.exec(key)?.[0];
  if (odd === undefined) return;
  fail(
    `invalid secret keys (TIP: use rewrite or conversionStrategy to change keys): key has invalid character ${odd}, only alphanumeric, '-', '.' and '_' are allowed: ${key}`,
  );
};

/** Opens each store once. */
const openStores = (cluster: Cluster, providers: StoreProviders, namespace: string) => {
  const opened = new Map<string, Promise<StoreReader>>();
  return {
    get: (ref: StoreRef): Promise<StoreReader> => {
      const key = `${ref.kind}/${ref.name}`;
      const reader = opened.get(key) ?? openStore(cluster, providers, ref, namespace);
      opened.set(key, reader);
      return reader;
    },
    close: async (): Promise<void> => {
      for (const reader of opened.values()) {
        const open = await reader.catch(() => undefined);
        await open?.close?.();
      }
    },
  };
};
