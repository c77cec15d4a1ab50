/** The two servers of this API. */
export type Product = 'vault' | 'openbao';

/** Both products have a 2.x. Vault answers `enterprise` since 1.17, OpenBao, which starts at 2.0, never does. */
export const productOf = ({
  enterprise,
  version,
}: {
  readonly enterprise?: boolean | undefined;
  readonly version: string;
}): Product => (enterprise === undefined && Number.parseInt(version, 10) >= 2 ? 'openbao' : 'vault');

/**
 * How a row is known. recorded: by a real server, in test/recordings or test/real; of OpenBao in
 * test/real/vault/openbao.test.ts. documented: read in the product's own
 * source or documentation, and not seen yet.
 */
type Known = 'recorded' | 'documented';

interface Row<Value> {
  readonly vault: { readonly value: Value; readonly known: Known };
  readonly openbao: { readonly value: Value; readonly known: Known };
}

const recorded = <Value>(value: Value) => ({ value, known: 'recorded' }) as const;
const documented = <Value>(value: Value) => ({ value, known: 'documented' }) as const;

/** Where the two differ, as far as lab meets it; everything else is one code for both. */
export const differences = {
  /**
   * Whether audit devices are made by API. OpenBao since 2.3.2 takes them from its configuration only, unless
   * `unsafe_allow_api_audit_creation` is set there. Source: openbao.org, "audit" stanza; CVE-2025-54997.
   */
  auditByApi: { vault: recorded(true), openbao: recorded(false) },
  /** Policies that are there from the beginning. `default-ceiling`: Vault 2.0. */
  ownPolicies: {
    vault: documented<readonly string[]>(['root', 'default', 'default-ceiling']),
    openbao: recorded<readonly string[]>(['root', 'default']),
  },
  /** Whether an auth method of type kubernetes may have no authority while its own pod's must not step in. */
  noAuthority: { vault: recorded(true), openbao: recorded(false) },
  /** What its program is called. */
  program: { vault: recorded('vault'), openbao: recorded('bao') },
  /** Whether a server's description of its API has the roles of jwt; OpenBao describes those of CEL in their place. */
  describesJwtRoles: { vault: recorded(true), openbao: recorded(false) },
} as const satisfies Readonly<Record<string, Row<unknown>>>;

type Differences = typeof differences;

/** What one of them does. */
export const differenceOf = <Name extends keyof Differences>(
  name: Name,
  product: Product,
): Differences[Name][Product]['value'] => differences[name][product].value;
