import { address } from '../../engine/address.ts';
import type { Path } from '../../engine/path.ts';
import { didYouMean } from '../../engine/suggest.ts';
import { kubernetesRole, loginAccount } from '../connection-vault.ts';
import type { Store } from '../schema/stores.ts';
import type { VaultSection } from '../schema/vault.ts';
import { custodianName, type VaultCustodian, type VaultInit } from '../schema/vault-init.ts';
import { draft, type Found, type Given, warning, wrong } from './draft.ts';

const path: Path = ['vault', 'init'];

/** `vault.init`: the server that is initialised and unsealed, and the end of its root token. */
export function* expandInit(given: Given, vault: VaultSection): Generator<Found> {
  const { init } = vault;
  if (init === undefined) return;
  yield* custodianComplaints(given, init);
  yield* loginComplaints(given, vault, init);
  yield draft(path, 'vault.server', ['main'], {
    spec: {
      seal: init.seal,
      shares: init.shares,
      threshold: init.threshold,
      custodians: init.custodians.map((one) => `${one.shares} × ${custodianName(one)}`),
      escrow: 'complete',
      ...(init.unseal === 'none' ? {} : { service: 'unsealed' }),
    },
    ownership: 'contributed',
    after: init.custodians.flatMap((one) => ('store' in one ? comesBefore(given.manifest.stores[one.store]) : [])),
  });
  if (init.rootToken === 'keep') return;
  yield draft([...path, 'rootToken'], 'vault.root-revocation', ['main'], {
    spec: { manages: {} },
    ownership: 'contributed',
    after: comesBeforeLogin(vault),
  });
}

const comesBefore = (store: Store | undefined): readonly string[] =>
  store?.type === 'kubernetes' ? [address('kubernetes.namespace', store.namespace)] : [];

/** All that the login of apply is made of. */
const comesBeforeLogin = (vault: VaultSection): readonly string[] => {
  const { apply } = vault.login;
  if (apply.auth === 'token') return [];
  const policies = Object.keys(vault.policies).map((name) => address('vault.policy', name));
  const roles = Object.keys(vault.auth[apply.path]?.roles ?? {});
  const first = [...policies, address('vault.auth-method', apply.path)];
  switch (apply.auth) {
    case 'kubernetes': {
      const account = loginAccount(vault, apply);
      return [
        ...first,
        address('vault.kubernetes-auth-config', apply.path),
        ...roles.map((role) => address('vault.kubernetes-auth-role', apply.path, role)),
        ...(account === undefined ? [] : [address('kubernetes.service-account', account.namespace, account.name)]),
      ];
    }
    case 'jwt':
      return [
        ...first,
        address('vault.jwt-auth-config', apply.path),
        ...roles.map((role) => address('vault.jwt-auth-role', apply.path, role)),
      ];
    case 'app-role':
      return [...first, ...roles.map((role) => address('vault.approle-role', apply.path, role))];
  }
};

const whoOpens = (custodian: VaultCustodian): string =>
  'recipient' in custodian
    ? `who has the identity of ${custodian.recipient} (${custodianName(custodian)})`
    : `who can read ${custodianName(custodian)}`;

function* custodianComplaints(given: Given, init: VaultInit): Generator<Found> {
  const { stores } = given.manifest;
  const kept = init.custodians.reduce((sum, { shares }) => sum + shares, 0);
  if (kept !== init.shares) {
    yield wrong(given, [...path, 'custodians'], `keep ${kept} shares together, and there are ${init.shares}`);
  }
  if (!init.custodians.some((one) => !('pgp' in one))) {
    const text = 'need one store or age file at least: it keeps the root token for the first run';
    yield wrong(given, [...path, 'custodians'], text);
  }
  const names = init.custodians.map(custodianName);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    yield wrong(given, [...path, 'custodians'], `name ${twice} twice: say once how many shares it keeps`);
  }
  for (const [index, custodian] of init.custodians.entries()) {
    if (custodian.shares >= init.threshold) {
      const text = `${whoOpens(custodian)} can unseal Vault alone: it keeps ${custodian.shares} of ${init.threshold} shares that it takes`;
      yield warning(given, [...path, 'custodians', index], 'ONE_CUSTODIAN', text);
    }
    if (!('store' in custodian)) continue;
    const at = [...path, 'custodians', index, 'store'];
    const store = stores[custodian.store];
    if (store === undefined) {
      yield wrong(
        given,
        at,
        `stores has no entry ${custodian.store}${didYouMean(custodian.store, Object.keys(stores))}`,
      );
    } else if (store.type === 'vault') {
      yield wrong(given, at, 'is in the Vault that its shares would open');
    } else if (store.type === 'azure-key-vault' && store.manage === 'create') {
      yield wrong(
        given,
        at,
        'is made by this manifest; a custodian needs a key vault that is there before (manage: existing)',
      );
    } else if (store.expose !== 'none') {
      yield wrong(given, at, 'is exposed to External Secrets; a custodian needs a store with expose: none');
    }
  }
}

function* loginComplaints(given: Given, vault: VaultSection, init: VaultInit): Generator<Found> {
  const { apply } = vault.login;
  if (init.rootToken === 'keep') return;
  if (apply.auth === 'token') {
    const text =
      'a token cannot be there before Vault is initialised; log in by kubernetes, jwt or app-role, or keep the root token (rootToken: keep)';
    yield wrong(given, ['vault', 'login'], text);
  } else if (apply.auth === 'kubernetes' && kubernetesRole(vault, apply) === undefined) {
    const text = `vault.auth.${apply.path} has no role ${apply.role}: once the root token is revoked nobody could log in`;
    yield wrong(given, ['vault', 'login'], text);
  }
}
