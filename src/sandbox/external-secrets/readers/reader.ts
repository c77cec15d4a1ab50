import type { JsonMap } from '../../kubernetes/json.ts';
import type { Cluster } from '../cluster.ts';
import type { RemoteRef, StoreRef } from '../spec.ts';

/** What a reader works with. */
export interface ReaderContext {
  readonly cluster: Cluster;
  readonly store: StoreRef;
  /** Of the ExternalSecret, or of a SecretStore that is checked; '' while a ClusterSecretStore is checked. */
  readonly namespace: string;
}

/** Reads the secrets of one store. Whatever does not work ends with `fail`. */
export interface StoreReader {
  /** Whether the store can be used: kind `unknown` if that cannot be told. */
  validate(): Promise<void>;
  /** The bytes of a secret or of one property of it. */
  read(ref: RemoteRef): Promise<Uint8Array>;
  /** All keys of a secret; without it, what `read` gives is taken for a JSON object. */
  readAll?(ref: RemoteRef): Promise<ReadonlyMap<string, Uint8Array>>;
  /** Ends what it opened. */
  close?(): Promise<void>;
}

/** One kind of store: the key of its block in `spec.provider`, and how it is read. */
export interface StoreProvider {
  readonly capabilities: 'ReadOnly' | 'WriteOnly' | 'ReadWrite';
  /** The operator warns that nobody maintains it. */
  readonly unmaintained?: boolean;
  /** Takes the block of the store's spec as it was written. Fails if there is nothing to read with. */
  open(block: JsonMap, context: ReaderContext): Promise<StoreReader>;
  /** What a call of this path makes, for a generator with such a block. */
  readonly generate?: (
    block: JsonMap,
    context: ReaderContext,
    call: GeneratorCall,
  ) => Promise<ReadonlyMap<string, Uint8Array>>;
}

/** What a generator asks: a read, or a write of its parameters. */
export interface GeneratorCall {
  readonly path: string;
  readonly parameters: JsonMap | undefined;
}

/** Store kinds by their key in `spec.provider`. */
export type StoreProviders = Readonly<Record<string, StoreProvider>>;
