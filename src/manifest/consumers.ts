import { z } from 'zod';
import type { Resource } from '../engine/resource.ts';

// Who reads Vault through External Secrets, as the manifest has it: `lab verify` asks Vault whether they may.

/** One thing that External Secrets does in Vault for a resource, as a service account that logs in by a role. */
export interface Consumer {
  /** The mount path of the auth method, and its role. */
  readonly mount: string;
  readonly role: string;
  readonly account: { readonly namespace: string; readonly name: string };
  readonly path: string;
  readonly capability: 'read' | 'update';
  /** The address of the resource that it is for. */
  readonly needs: string;
}

const login = z.object({
  kubernetes: z.object({
    mountPath: z.string(),
    role: z.string(),
    serviceAccountRef: z.object({ name: z.string(), namespace: z.string().optional() }),
  }),
});

const storeSpec = z.object({
  provider: z.object({ vault: z.object({ path: z.string(), version: z.string().optional(), auth: login }) }),
});

const secretSpec = z.object({
  store: z.object({ name: z.string(), kind: z.string() }),
  data: z.array(z.object({ remote: z.object({ key: z.string() }) })),
});

const generatorSpec = z.object({
  object: z.object({
    spec: z.object({
      path: z.string(),
      method: z.string().default('GET'),
      provider: z.object({ auth: login }),
    }),
  }),
});

type Login = Pick<Consumer, 'mount' | 'role' | 'account'>;

/** Every consumer among resources; who logs in otherwise than by a service account is none. */
export const vaultConsumers = (resources: readonly Resource[]): readonly Consumer[] => {
  const stores = new Map(resources.flatMap((resource) => storeOf(resource) ?? []));
  const all = resources.flatMap((resource) => [...secretReads(resource, stores), ...generated(resource)]);
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
};

interface VaultStore {
  readonly login: Login;
  readonly mount: string;
  /** What stands between the mount and a key. */
  readonly data: string;
}

const storeOf = ({ kind, parts, spec }: Resource): readonly (readonly [string, VaultStore])[] | undefined => {
  const within = kind === 'external-secrets.secret-store' ? parts[0] : undefined;
  if (within === undefined && kind !== 'external-secrets.cluster-secret-store') return undefined;
  const parsed = storeSpec.safeParse(spec);
  if (!parsed.success) return undefined;
  const { path, version = 'v2', auth } = parsed.data.provider.vault;
  const store = { login: loginOf(auth, within), mount: path, data: version === 'v2' ? 'data/' : '' };
  return [[storeKey(within, parts.at(-1) ?? ''), store]];
};

const storeKey = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`;

const loginOf = ({ kubernetes }: z.output<typeof login>, within = ''): Login => {
  const { mountPath: mount, role, serviceAccountRef: account } = kubernetes;
  return { mount, role, account: { namespace: account.namespace ?? within, name: account.name } };
};

const secretReads = (
  { kind, parts, spec, address }: Resource,
  stores: ReadonlyMap<string, VaultStore>,
): readonly Consumer[] => {
  const parsed = kind === 'external-secrets.external-secret' ? secretSpec.safeParse(spec) : undefined;
  if (parsed?.success !== true) return [];
  const { store, data } = parsed.data;
  const found = stores.get(storeKey(store.kind === 'SecretStore' ? parts[0] : undefined, store.name));
  if (found === undefined) return [];
  return data.map(({ remote }) => ({
    ...found.login,
    path: `${found.mount}/${found.data}${remote.key}`,
    capability: 'read',
    needs: address,
  }));
};

const generated = ({ kind, parts, spec, address }: Resource): readonly Consumer[] => {
  const [group, type, namespace] = parts;
  if (kind !== 'kubernetes.object' || group !== 'generators.external-secrets.io' || type !== 'VaultDynamicSecret')
    return [];
  const parsed = generatorSpec.safeParse(spec);
  if (!parsed.success) return [];
  const { path, method, provider } = parsed.data.object.spec;
  const capability = method === 'GET' ? 'read' : 'update';
  return [{ ...loginOf(provider.auth, namespace), path, capability, needs: address }];
};
