/** A group of identities. */
export interface Group {
  readonly id: string;
  /** As it was last written; found in any case. */
  readonly name: string;
  readonly type: 'internal' | 'external';
  policies: readonly string[];
  metadata: Readonly<Record<string, string>> | null;
  memberGroupIds: readonly string[];
  memberEntityIds: readonly string[];
  alias?: GroupAlias;
  readonly createdAt: string;
  updatedAt: string;
  /** Counts the writes. */
  modifyIndex: number;
}

/** What an auth method calls an external group. */
export interface GroupAlias {
  readonly id: string;
  readonly name: string;
  readonly accessor: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}
