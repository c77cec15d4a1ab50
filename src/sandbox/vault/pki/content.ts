/** A private key that the engine holds. */
export interface Key {
  /** '' without one. */
  name: string;
  readonly type: string;
  /** As Vault keeps it: PKCS#1, SEC1 or, for ed25519, PKCS#8. */
  readonly pem: string;
}

/** Where certificates say more is found. */
export interface Urls {
  readonly issuing_certificates: readonly string[];
  readonly crl_distribution_points: readonly string[];
  readonly delta_crl_distribution_points: readonly string[];
  readonly ocsp_servers: readonly string[];
}

/** An authority. */
export interface Issuer {
  name: string;
  /** '' where only the certificate is there. */
  keyId: string;
  /** PEM with a line break at its end. */
  readonly certificate: string;
  readonly serial: string;
  leafNotAfter: string;
  usage: readonly string[];
  revocationSignature: string;
  /** Its own, instead of the mount's. A list that nobody set is null then, as Vault shows it. */
  urls?: { readonly [Name in keyof Urls]: readonly string[] | null };
}

/** A certificate that was issued, by its serial number. */
export interface Stored {
  /** PEM without a line break at its end. */
  readonly certificate: string;
  readonly authorityKeyId: string;
  /** Seconds since 1970; absent: not revoked. */
  revokedAt?: number;
  readonly issuerId: string;
}

/** The fields of a role in Vault's words. */
export type Role = Readonly<Record<string, unknown>>;

/** What one PKI engine holds. */
export interface PkiStore {
  readonly issuers: Record<string, Issuer>;
  readonly keys: Record<string, Key>;
  readonly roles: Record<string, Role>;
  readonly certificates: Record<string, Stored>;
  /** '' without one. */
  defaultIssuer: string;
  defaultKey: string;
  followsLatest: boolean;
  urls: Urls & { readonly enable_templating: boolean };
  crl: Readonly<Record<string, unknown>>;
  /** Absent: as it is until somebody sets it. */
  tidy?: Readonly<Record<string, unknown>>;
}

const defaultCrl = {
  auto_rebuild: false,
  auto_rebuild_grace_period: '12h',
  cross_cluster_revocation: false,
  delta_rebuild_interval: '15m',
  disable: false,
  enable_delta: false,
  expiry: '72h',
  max_crl_entries: 100_000,
  ocsp_disable: false,
  ocsp_expiry: '12h',
  unified_crl: false,
  unified_crl_on_existing_paths: false,
};

/** A PKI engine as it is mounted. */
export const emptyPki = (): PkiStore => ({
  issuers: {},
  keys: {},
  roles: {},
  certificates: {},
  defaultIssuer: '',
  defaultKey: '',
  followsLatest: false,
  urls: {
    issuing_certificates: [],
    crl_distribution_points: [],
    delta_crl_distribution_points: [],
    ocsp_servers: [],
    enable_templating: false,
  },
  crl: defaultCrl,
});
