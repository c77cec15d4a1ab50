/** Objects of a manifest for measuring: half config maps, half Vault policies. */
export interface Objects {
  readonly configMaps: readonly string[];
  readonly policies: readonly string[];
}

/** So many objects, half of them in each system. `prefix` keeps sets apart. */
export const objectsNamed = (prefix: string, count: number): Objects => {
  const names = Array.from({ length: Math.ceil(count / 2) }, (_, index) => `${prefix}-${index}`);
  return { configMaps: names, policies: names.slice(0, Math.floor(count / 2)) };
};

/** The rules of every policy. */
export const rules = 'path "secret/data/team/*" {\n  capabilities = ["read"]\n}\n';

/** The data of every config map. */
export const data = { region: 'eu-central-1', tier: 'gold' };

/** The namespace of the config maps. */
export const namespace = 'bench';

/** A manifest of these objects on real servers: KUBECONFIG names the cluster, VAULT_TOKEN the token. */
export const manifestOf = (objects: Objects, context: string, vaultAddress: string): string => {
  const resources = {
    [`kubernetes.namespace/${namespace}`]: {},
    ...Object.fromEntries(objects.configMaps.map((name) => [`kubernetes.config-map/${namespace}/${name}`, { data }])),
    ...Object.fromEntries(objects.policies.map((name) => [`vault.policy/${name}`, { hcl: rules }])),
  };
  const manifest = {
    apiVersion: 'lab/v1',
    name: 'bench',
    cluster: { context },
    vault: {
      address: vaultAddress,
      plaintext: 'loopback',
      login: { auth: 'token', token: { env: 'VAULT_TOKEN' } },
    },
    resources,
  };
  return JSON.stringify(manifest);
};
