import type { DeletedSecret, SecretClient, SecretProperties } from '@azure/keyvault-secrets';
import { reveal, type Secret, secret } from '../../../secrets/secret.ts';
import type { Failure } from '../failure.ts';
import { isAbsent, type ShownCall } from '../refusal.ts';

/** One version of a secret without its value. */
export interface Version {
  /** 32 hex digits. */
  readonly id: string;
  /** '' without one. */
  readonly contentType: string;
  readonly enabled: boolean;
  readonly tags: Readonly<Record<string, string>>;
  /** Milliseconds since 1970, in whole seconds: two versions may have the same. */
  readonly created: number;
  readonly updated: number;
  /** True where a certificate of the same name keeps the secret. */
  readonly managed: boolean;
}

/** A deleted secret that is still kept. ISO dates; '' where the vault does not say. */
export interface Deleted {
  readonly deletedOn: string;
  readonly purgedOn: string;
}

/** What a vault tells of a version without naming it. */
export type Properties = Omit<Version, 'id'>;

/** What goes with a value, and what can be changed later; what is left out stays as it is. Tags are sent as a whole. */
export type Settings = Partial<Pick<Version, 'contentType' | 'enabled' | 'tags'>>;

/** The secrets of one vault. Every failure is a LabError. */
export interface VaultSecrets {
  /** Every version, none with its value; [] for a secret that is not there. Their order means nothing. */
  versions(name: string): Promise<readonly Version[]>;
  /** The value of one version. */
  value(name: string, version: string): Promise<Secret>;
  /** The current version but for its id, from the list of the whole vault; undefined if it is not there. */
  current(name: string): Promise<Properties | undefined>;
  /** The name of one that can be read; undefined if there is none. */
  first(): Promise<string | undefined>;
  deleted(name: string): Promise<Deleted | undefined>;
  /** A new version. Throws MOVED where the name is taken by a secret that is deleted, or on its way there or back. */
  set(name: string, value: Secret, settings: Settings): Promise<void>;
  /** Changes a version; its value stays. Throws MOVED if it is gone. */
  update(name: string, version: string, settings: Settings): Promise<void>;
  /** Begins to delete it, or finds that somebody did; false if it is not there. */
  remove(name: string): Promise<boolean>;
  /** Begins to bring a deleted one back, or finds that somebody did. */
  recover(name: string): Promise<void>;
}

/** A call before it is made. */
export interface PlannedCall {
  readonly method: ShownCall['method'];
  readonly path: string;
  /** The values that it carries. */
  readonly sent?: readonly Secret[];
  /** Whether sending it again has no further effect. Default: true. */
  readonly repeatable?: boolean;
}

/** Makes a call; `known` turns a failure that is no failure into its value. */
export type MakeCall = <T>(
  planned: PlannedCall,
  run: (sdk: SecretClient) => Promise<T>,
  known?: (failure: Failure) => { readonly value: T } | undefined,
) => Promise<T>;

/** The calls of the SDK in lab's own words. */
export const vaultSecrets = (call: MakeCall): VaultSecrets => ({
  versions: (name) =>
    call(
      { method: 'GET', path: `secrets/${name}/versions` },
      (sdk) => all(sdk.listPropertiesOfSecretVersions(name)),
      (failure) => (isAbsent(failure) ? { value: [] } : undefined),
    ),
  value: (name, version) =>
    call({ method: 'GET', path: `secrets/${name}/${version}` }, async (sdk) => {
      const { value } = await sdk.getSecret(name, { version });
      return secret(value ?? '');
    }),
  current: (name) =>
    call({ method: 'GET', path: 'secrets' }, async (sdk) => {
      for await (const listed of sdk.listPropertiesOfSecrets()) {
        if (listed.name.toLowerCase() === name) return propertiesOf(listed);
      }
      return undefined;
    }),
  first: () =>
    call({ method: 'GET', path: 'secrets' }, async (sdk) => {
      for await (const { name, enabled } of sdk.listPropertiesOfSecrets()) if (enabled !== false) return name;
      return undefined;
    }),
  deleted: (name) =>
    call<Deleted | undefined>(
      { method: 'GET', path: `deletedsecrets/${name}` },
      async (sdk) => deletedOf(await sdk.getDeletedSecret(name)),
      (failure) => (isAbsent(failure) ? { value: undefined } : undefined),
    ),
  set: (name, value, settings) =>
    // Sent twice it would make two versions; after a lost answer the marks tell at the next read.
    call({ method: 'PUT', path: `secrets/${name}`, sent: [value], repeatable: false }, async (sdk) => {
      await sdk.setSecret(name, reveal(value), sendable(settings));
    }),
  update: (name, version, settings) =>
    call({ method: 'PATCH', path: `secrets/${name}` }, async (sdk) => {
      await sdk.updateSecretProperties(name, version, sendable(settings));
    }),
  remove: (name) =>
    call(
      { method: 'DELETE', path: `secrets/${name}` },
      async (sdk) => {
        await sdk.beginDeleteSecret(name);
        return true;
      },
      (failure) => {
        if (isAbsent(failure)) return { value: false };
        return says(failure, 'ObjectIsBeingDeleted') ? { value: true } : undefined;
      },
    ),
  recover: (name) =>
    call<void>(
      { method: 'POST', path: `deletedsecrets/${name}/recover` },
      async (sdk) => {
        await sdk.beginRecoverDeletedSecret(name);
      },
      (failure) => (says(failure, 'ObjectIsBeingRecovered') ? { value: undefined } : undefined),
    ),
});

const says = (failure: Failure, inner: string): boolean => failure.is === 'answered' && failure.inner === inner;

const all = async (pages: AsyncIterable<SecretProperties>): Promise<Version[]> => {
  const found: Version[] = [];
  for await (const listed of pages) found.push({ id: listed.version ?? '', ...propertiesOf(listed) });
  return found;
};

const propertiesOf = (listed: SecretProperties): Properties => ({
  contentType: listed.contentType ?? '',
  enabled: listed.enabled ?? true,
  tags: listed.tags ?? {},
  created: listed.createdOn?.getTime() ?? 0,
  updated: listed.updatedOn?.getTime() ?? 0,
  managed: listed.managed ?? false,
});

const deletedOf = ({ deletedOn, properties }: DeletedSecret): Deleted => ({
  deletedOn: deletedOn?.toISOString() ?? '',
  purgedOn: properties.scheduledPurgeDate?.toISOString() ?? '',
});

// The SDK wants a mutable map.
const sendable = ({ tags, ...settings }: Settings) => ({
  ...settings,
  ...(tags === undefined ? {} : { tags: { ...tags } }),
});
