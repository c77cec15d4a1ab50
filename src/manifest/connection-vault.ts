import { resolve } from 'node:path';
import { address as addressOf } from '../engine/address.ts';
import { clusterName } from '../engine/cluster-name.ts';
import type { Resource } from '../engine/resource.ts';
import type { Fields } from '../engine/value.ts';
import { type Complaint, complaint } from './complaint.ts';
import { vaultConsumers } from './consumers.ts';
import { strangersTo } from './escrow-strangers.ts';
import { defined } from './expand/defined.ts';
import { type Given, wrong } from './expand/draft.ts';
import { formerCustodians } from './former-custodians.ts';
import { keeperPlace } from './keeper-place.ts';
import { isLoopback } from './loopback.ts';
import type { KubernetesAuthRole, VaultSection } from './schema/vault.ts';
import { custodianName, type VaultCustodian, type VaultInit } from './schema/vault-init.ts';
import type { VaultLogin } from './schema/vault-login.ts';
import { computedPolicies } from './settle/own-rights.ts';
import { plain } from './text.ts';
import { originOf } from './yaml/tree.ts';

/** How to reach Vault and to log in to it, and, where lab initialises it, who keeps its shares. */
export const vaultConnection = (
  given: Given,
  vault: VaultSection,
  { folder, resources }: { readonly folder: string; readonly resources: readonly Resource[] },
) => {
  const { address, reach, servers, plaintext: consent, product, login, init } = vault;
  const ca = typeof reach === 'string' ? undefined : reach.ca;
  const consumers = vaultConsumers(resources);
  return {
    address: plain(urlOf(reach) ?? address),
    ...(isForwarded(vault) ? { through: 'port-forward' } : {}),
    mode: given.manifest.install['vault']?.mode ?? 'expected',
    product,
    folder,
    login: { plan: loginFields(vault, login.plan, resources), apply: loginFields(vault, login.apply, resources) },
    ...defined({
      ca: ca && resolve(folder, plain(ca)),
      servers: servers?.map(plain),
      plaintext: consent,
      computed: computedFor(given),
    }),
    ...(consumers.length === 0 ? {} : { consumers }),
    ...(init === undefined ? {} : { init: initFields(given, plain(address), init, folder) }),
  };
};

/** The policies that lab itself has through its logins, where they are computed from the manifest. */
const computedFor = ({ manifest }: Given): Fields | undefined => {
  const computed = [...computedPolicies(manifest.vault)];
  return computed.length === 0
    ? undefined
    : Object.fromEntries(computed.map(([policy, { command }]) => [command, policy]));
};
type Reach = VaultSection['reach'];

/** Another address that lab dials. */
const urlOf = (reach: Reach): string | undefined =>
  typeof reach === 'object' && 'url' in reach ? reach.url : undefined;

/** Whether lab goes through the API server of the cluster. */
export const isForwarded = ({ reach }: VaultSection): boolean =>
  (typeof reach === 'object' && 'via' in reach ? reach.via : reach) === 'port-forward';

/** A login with what the role in the manifest says of it; complete once its complaints are none. */
const loginFields = (vault: VaultSection, login: VaultLogin, resources: readonly Resource[]) => {
  switch (login.auth) {
    case 'token':
    case 'app-role':
      return login;
    case 'jwt':
      return { ...login, policies: policiesOf(vault, login) };
    case 'kubernetes': {
      const { auth, path, role } = login;
      const audience = kubernetesRole(vault, login)?.audience;
      const account = loginAccount(vault, login);
      const madeHere = resources.some(
        ({ address, ownership }) => address === accountAddress(account) && ownership !== 'expected',
      );
      return {
        auth,
        path,
        role,
        serviceAccount: account,
        ...(madeHere ? { madeHere } : {}),
        audiences: login.audiences ?? (audience === undefined ? [] : [audience]),
        policies: policiesOf(vault, login),
      };
    }
  }
};

const policiesOf = (
  { auth }: VaultSection,
  { path, role }: { readonly path: string; readonly role: string },
): string[] => (auth[path]?.roles[role]?.policies ?? []).map((name) => name.toLowerCase());

type KubernetesLogin = VaultLogin & { readonly auth: 'kubernetes' };

/** The role that a login names, if the manifest makes it. */
export const kubernetesRole = (
  { auth }: VaultSection,
  { path, role }: KubernetesLogin,
): KubernetesAuthRole | undefined => {
  const method = auth[path];
  return method?.type === 'kubernetes' ? method.roles[role] : undefined;
};

/** Whose token a kubernetes login takes: the one that is named, else the only one that the role lets in. */
export const loginAccount = (vault: VaultSection, login: KubernetesLogin) => {
  const [only, ...others] = kubernetesRole(vault, login)?.serviceAccounts ?? [];
  return login.serviceAccount ?? (others.length === 0 ? only : undefined);
};

type Account = ReturnType<typeof loginAccount>;

const accountAddress = (account: Account): string | undefined =>
  account && addressOf('kubernetes.service-account', account.namespace, account.name);

/** The addresses of the service accounts that lab logs in as: before what is in Vault, and ended after it. */
export const loginAccounts = (vault: VaultSection): string[] =>
  [...new Set([vault.login.plan, vault.login.apply])].flatMap((login) => {
    const account = login.auth === 'kubernetes' ? accountAddress(loginAccount(vault, login)) : undefined;
    return account ?? [];
  });

const initFields = (given: Given, address: string, init: VaultInit, folder: string) => {
  const { manifest, environment } = given;
  return {
    address,
    seal: init.seal,
    shares: init.shares,
    threshold: init.threshold,
    rootToken: init.rootToken,
    ...(init.unseal === 'prompt' ? { prompt: true } : {}),
    prefix: `lab-vault-${manifest.name}-${environment}`,
    answerFile: resolve(folder, '.lab', manifest.name, environment, 'vault-init-answer.json'),
    custodians: init.custodians.map((custodian) => ({
      name: custodianName(custodian),
      shares: custodian.shares,
      ...whereabouts(given, custodian, folder),
    })),
    former: formerCustodians(manifest).map((name) => ({ ...keeperOf(given, name), name })),
  };
};

const whereabouts = (given: Given, custodian: VaultCustodian, folder: string) => {
  if ('store' in custodian) return { ...keeperOf(given, custodian.store), ...strangersOf(given, custodian.store) };
  if ('recipient' in custodian) {
    const { ageFile, recipient } = custodian;
    return { keeper: 'age', place: resolve(folder, plain(ageFile)), recipient: plain(recipient) };
  }
  const { pgp, file } = custodian;
  return { keeper: 'person', key: resolve(folder, plain(pgp)), file: resolve(folder, plain(file)) };
};

const strangersOf = ({ manifest }: Given, name: string) => {
  const store = manifest.stores[name];
  const strangers = store === undefined ? [] : strangersTo(store, manifest);
  return strangers.length === 0 ? {} : { strangers };
};

const keeperOf = ({ manifest }: Given, name: string): Fields => {
  const store = manifest.stores[name];
  return { ...(store === undefined ? undefined : keeperPlace(store)) };
};

/** What is wrong with the addresses that lab and External Secrets dial. */
export const addressComplaints = (given: Given, vault: VaultSection): Complaint[] => {
  const other = urlOf(vault.reach);
  const dialled = [
    { path: ['vault', 'address'], url: vault.address },
    ...(other === undefined ? [] : [{ path: ['vault', 'reach', 'url'], url: other }]),
    ...(vault.servers ?? []).map((url, index) => ({ path: ['vault', 'servers', index], url })),
  ];
  return dialled.flatMap(({ path, url }) => {
    if (isForwarded(vault) && clusterName(new URL(url).hostname) === undefined) {
      const text =
        'is no name of the cluster; reach: port-forward needs SERVICE.NAMESPACE, or POD.SERVICE.NAMESPACE.svc';
      return [wrong(given, path, text)];
    }
    if (new URL(url).protocol === 'https:') return [];
    if (vault.plaintext === undefined) {
      return [wrong(given, path, 'is plain http; use https, or consent with plaintext: loopback or in-cluster')];
    }
    if (vault.plaintext === 'loopback' && !isLoopback(url)) {
      return [wrong(given, path, 'plaintext: loopback only allows http to 127.0.0.1, ::1 and localhost')];
    }
    return [];
  });
};

/** What is missing of a login. */
export const loginComplaints = (given: Given, vault: VaultSection): Complaint[] => {
  const kinds = vault.login.plan === vault.login.apply ? (['apply'] as const) : (['plan', 'apply'] as const);
  return kinds.flatMap((kind) => {
    const login = vault.login[kind];
    if (login.auth !== 'kubernetes' || loginAccount(vault, login) !== undefined) return [];
    const text = `serviceAccount is missing: whose token logs in; vault.auth.${login.path} has no role ${login.role} that lets in exactly one`;
    return [complaint(originOf(given.tree, ['vault', 'login']), text)];
  });
};
