/** A vault's host taken apart: its name, and the domain that tokens are for. */
export interface VaultHost {
  readonly name: string;
  readonly domain: string;
}

/** Domains of key vaults: Azure's public cloud, China, US government. */
export const vaultDomains: readonly string[] = ['vault.azure.net', 'vault.azure.cn', 'vault.usgovcloudapi.net'];

/** Hosts of their logins. */
export const loginHosts: readonly string[] = [
  'login.microsoftonline.com',
  'login.windows.net',
  'login.chinacloudapi.cn',
  'login.partner.microsoftonline.cn',
  'login.microsoftonline.us',
];

/** The vault that a host name stands for; undefined for other hosts. */
export const vaultHostOf = (host: string): VaultHost | undefined => {
  const [, name = '', domain = ''] = /^([a-z0-9-]+)\.(.+)$/.exec(host.toLowerCase()) ?? [];
  return vaultDomains.includes(domain) ? { name, domain } : undefined;
};

/** Hosts of Azure Resource Manager: public, US government, China. */
export const managementHosts: readonly string[] = [
  'management.azure.com',
  'management.usgovcloudapi.net',
  'management.chinacloudapi.cn',
];
