import { type ArmContent, emptyArm } from './arm/content.ts';

/** One version of a secret. Times in whole seconds since 1970, as on the wire. */
export interface SecretVersion {
  /** 32 hex digits. */
  readonly id: string;
  readonly value: string;
  readonly contentType?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly attributes: Attributes;
}

/** What a version says of itself. */
export interface Attributes {
  readonly enabled: boolean;
  readonly nbf?: number;
  readonly exp?: number;
  readonly created: number;
  readonly updated: number;
}

/** A secret with its history; found without regard to case. */
export interface StoredSecret {
  /** As it was written first. */
  readonly name: string;
  /** Oldest first, never empty. */
  readonly versions: SecretVersion[];
  life: Life;
}

/** `since` in milliseconds: before that time it is still being recovered, or still being deleted. */
export type Life =
  | { readonly is: 'live'; readonly since: number }
  | { readonly is: 'deleted'; readonly since: number; readonly deletedDate: number };

/** One vault: its secrets by lower-case name, the deleted ones among them. */
export type VaultContent = Record<string, StoredSecret>;

/** Everything that the sandbox's Azure keeps. JSON, so that it can lie on disk. */
export interface Content {
  readonly vaults: Record<string, VaultContent>;
  /** The subscription; absent in what was saved before there was one. */
  arm?: ArmContent;
}

/** No vault at all. */
export const emptyContent = (): Content => ({ vaults: {} });

/** Its subscription. */
export const armOf = (content: Content): ArmContent => (content.arm ??= emptyArm());

/** The secret of this name in whatever case: never something that every object inherits. */
export const secretNamed = (secrets: VaultContent, name: string): StoredSecret | undefined => {
  const key = name.toLowerCase();
  return Object.hasOwn(secrets, key) ? secrets[key] : undefined;
};

/** How a secret is seen now. */
export const stateOf = (secret: StoredSecret | undefined, now: number): State => {
  if (secret === undefined) return 'absent';
  const { is, since } = secret.life;
  if (is === 'live') return since > now ? 'being recovered' : 'live';
  return since > now ? 'being deleted' : 'deleted';
};

/** absent: it never was there, or was purged. */
export type State = 'absent' | 'live' | 'being deleted' | 'deleted' | 'being recovered';
