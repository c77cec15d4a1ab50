/** One version of a secret's value. */
export interface Version {
  readonly text?: string;
  /** Base64. */
  readonly bytes?: string;
  /** Seconds since 1970. */
  readonly createdAt: number;
  stages: string[];
}

/** One secret. Times in seconds since 1970. */
export interface StoredSecret {
  readonly name: string;
  readonly arn: string;
  description?: string;
  kmsKeyId?: string;
  readonly createdAt: number;
  changedAt: number;
  /** When its deletion was asked for, and from when on it may be carried out. */
  deletion?: { readonly askedAt: number; readonly dueAt: number };
  readonly tags: Record<string, string>;
  readonly versions: Record<string, Version>;
}

/** Everything that the sandbox's AWS keeps: secrets by region and name. JSON, so that it can lie on disk. */
export interface Content {
  readonly regions: Record<string, Record<string, StoredSecret>>;
}

/** An account with nothing in it. */
export const emptyContent = (): Content => ({ regions: {} });

/** A record's own entry: never one that every object inherits. */
export const entryOf = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

/** Now, as AWS counts. */
export const seconds = (): number => Date.now() / 1000;
