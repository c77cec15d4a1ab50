/** The version that the sandbox speaks as. */
export const vaultVersion = '1.21.4';

/** What Vault reports of a plugin that runs. */
export interface MountType {
  readonly version: string;
  /** Some plugins report a deprecation status, always the same. */
  readonly supported: boolean;
}

const inCore = `v${vaultVersion}+builtin.vault`;
const listed: MountType = { version: inCore, supported: true };
const unlisted: MountType = { version: inCore, supported: false };
const plugin = (version: string): MountType => ({ version: `${version}+builtin`, supported: true });

/** Secrets engines that can be mounted. The sandbox serves the paths of kv, database and pki alone. */
const engines: Readonly<Record<string, MountType>> = {
  kv: plugin('v0.25.0'),
  database: unlisted,
  pki: listed,
  ssh: listed,
  totp: listed,
  transit: listed,
  aws: listed,
  azure: plugin('v0.25.0'),
  consul: listed,
  gcp: plugin('v0.25.0'),
  kubernetes: plugin('v0.25.0'),
  ldap: plugin('v0.25.0'),
  nomad: listed,
  rabbitmq: listed,
};

/** Auth methods that can be mounted. The sandbox serves the paths of kubernetes, approle and jwt. */
const methods: Readonly<Record<string, MountType>> = {
  approle: listed,
  cert: listed,
  jwt: plugin('v0.25.0'),
  kubernetes: plugin('v0.23.1'),
  oidc: listed,
  userpass: listed,
  aws: listed,
  azure: plugin('v0.25.0'),
  gcp: plugin('v0.25.0'),
  github: listed,
  ldap: listed,
};

/** The type of that name; undefined if it cannot be mounted. */
export const findType = (table: 'mounts' | 'auth', type: string): MountType | undefined => {
  const types = table === 'mounts' ? engines : methods;
  return Object.hasOwn(types, type) ? types[type] : undefined;
};

/** What Vault says of a mount that it made itself. */
export const builtInType = unlisted;
