/** One of Azure's separate clouds. */
export type Cloud = keyof typeof clouds;

/** Where a cloud logs in, is managed and has its key vaults; no other host ever gets a credential or a token. */
export const clouds = {
  public: {
    authority: 'https://login.microsoftonline.com',
    management: 'https://management.azure.com',
    vaultDomain: 'vault.azure.net',
  },
  'us-government': {
    authority: 'https://login.microsoftonline.us',
    management: 'https://management.usgovcloudapi.net',
    vaultDomain: 'vault.usgovcloudapi.net',
  },
  china: {
    authority: 'https://login.chinacloudapi.cn',
    management: 'https://management.chinacloudapi.cn',
    vaultDomain: 'vault.azure.cn',
  },
} as const;

/** Their names, for schemas. */
export const cloudNames = ['public', 'us-government', 'china'] as const satisfies readonly Cloud[];

/** `illm-k8s-lab-kv.vault.azure.net` */
export const vaultHost = (cloud: Cloud, vault: string): string => `${vault}.${clouds[cloud].vaultDomain}`;
