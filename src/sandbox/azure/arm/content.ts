/** Everything that the sandbox's subscription keeps, by lower-case names: ARM takes no notice of case. */
export interface ArmContent {
  readonly groups: Record<string, StoredGroup>;
  readonly vaults: Record<string, StoredVault>;
  readonly deletedVaults: Record<string, DeletedVault>;
  /** By `group/name`. */
  readonly identities: Record<string, StoredIdentity>;
  readonly assignments: StoredAssignment[];
  /** Long-running operations by id: when they end, in milliseconds since 1970. */
  readonly operations: Record<string, number>;
}

/** Tags of a resource. */
export type Tags = Readonly<Record<string, string>>;

/** A resource group. */
export interface StoredGroup {
  readonly name: string;
  readonly location: string;
  readonly tags?: Tags;
  /** Milliseconds since 1970; until then it is being deleted. */
  readonly deletedAt?: number;
}

/** A key vault as a resource; its secrets are elsewhere. */
export interface StoredVault {
  readonly name: string;
  readonly group: string;
  readonly location: string;
  readonly tags: Tags;
  readonly properties: VaultProperties;
  /** Milliseconds since 1970; until then its name is being registered. */
  readonly readyAt: number;
  readonly createdAt: string;
}

/** What a vault is set to, in Azure's own words. */
export interface VaultProperties {
  readonly tenantId: string;
  readonly sku: { readonly family: 'A'; readonly name: 'standard' | 'premium' };
  readonly enableRbacAuthorization: boolean;
  readonly enableSoftDelete: true;
  readonly softDeleteRetentionInDays: number;
  readonly enablePurgeProtection?: true;
  readonly enabledForDeployment?: boolean;
  readonly enabledForDiskEncryption?: boolean;
  readonly enabledForTemplateDeployment?: boolean;
  readonly accessPolicies: readonly unknown[];
  readonly networkAcls?: NetworkAcls;
  readonly publicNetworkAccess: string;
}

/** A vault's firewall. */
export interface NetworkAcls {
  readonly bypass: string;
  readonly defaultAction: string;
  readonly ipRules: readonly { readonly value: string }[];
  readonly virtualNetworkRules: readonly { readonly id: string }[];
}

/** A vault that is kept for a while, its secrets where they were. Milliseconds since 1970. */
export interface DeletedVault {
  readonly vault: StoredVault;
  readonly deletedAt: number;
}

/** A user-assigned managed identity with its federated credentials by lower-case name. */
export interface StoredIdentity {
  readonly name: string;
  readonly group: string;
  readonly location: string;
  readonly tags: Tags;
  readonly clientId: string;
  readonly principalId: string;
  readonly credentials: Record<string, StoredCredential>;
}

/** Whose tokens an identity takes. */
export interface StoredCredential {
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
}

/** A role that somebody has somewhere. `scope` as it was written. */
export interface StoredAssignment {
  readonly name: string;
  readonly scope: string;
  readonly roleId: string;
  readonly principalId: string;
  readonly principalType: string;
  readonly description?: string;
}

/** An empty subscription. */
export const emptyArm = (): ArmContent => ({
  groups: {},
  vaults: {},
  deletedVaults: {},
  identities: {},
  assignments: [],
  operations: {},
});

/** An entry by a name in whatever case: never something that every object inherits. */
export const entryOf = <T>(entries: Record<string, T>, name: string): T | undefined => {
  const key = name.toLowerCase();
  return Object.hasOwn(entries, key) ? entries[key] : undefined;
};

/** Leaves out an entry. */
export const dropEntry = (entries: Record<string, unknown>, name: string): void => {
  Reflect.deleteProperty(entries, name.toLowerCase());
};
