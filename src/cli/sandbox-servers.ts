import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { clusterName } from '../engine/cluster-name.ts';
import { LabError } from '../errors.ts';
import { portOf } from '../providers/vault/port.ts';
import type { Sandbox } from '../sandbox/session.ts';
import type { Lock } from '../state/lock.ts';
import type { SandboxPlace, SandboxServers, StartServers } from './ground.ts';
import { cloudDayIn, quirksFor } from './sandbox-clouds.ts';
import { existingInAzure } from './sandbox-existing.ts';
import { takeTurn } from './sandbox-lock.ts';
import { joinRunning } from './sandbox-running.ts';

// Long enough to be seen waiting, short enough for a first look.
const vaultStartsAfterMs = 1_500;

/** How long a command waits for its turn. */
const patienceMs = 60_000;

/** Joins the sandbox that runs in this folder, or starts it when no other command is at work in it. Throws LOCKED after a minute. */
export const startServers: StartServers = async (place) => {
  const until = performance.now() + patienceMs;
  for (;;) {
    const running = await joinRunning(place.folder);
    if (running !== undefined) return running;
    const turn = await takeTurn(place.folder);
    if (turn !== undefined) return launchIn(turn, place);
    if (performance.now() > until) {
      throw new LabError('LOCKED', 'another command has been at work in this sandbox for a minute', {
        next: 'Wait for it, or keep the sandbox running with lab sandbox start, which many commands can join.',
      });
    }
    await sleep(100);
  }
};

const launchIn = async (turn: Lock, place: SandboxPlace): Promise<SandboxServers> => {
  try {
    const servers = await launch(place);
    const close = () => servers.close().finally(() => turn.release());
    return { ...servers, close };
  } catch (error) {
    await turn.release();
    throw error;
  }
};

const launch: StartServers = async ({ manifest, folder, seed }) => {
  const { startSandbox } = await import('../sandbox/session.ts');
  const { kubernetes, vault, azure, aws } = manifest.connections;
  const context = fieldOf(kubernetes, 'context') ?? 'sandbox';
  const quirks = quirksFor(await cloudDayIn(folder));
  const sandbox = await startSandbox({
    folder: join(folder, 'systems'),
    seed,
    context,
    ...(vault === undefined
      ? {}
      : {
          vault: {
            needs: manifest.needs['vault'] ?? [],
            startsAfterMs: vaultStartsAfterMs,
            empty: initOf(vault) !== undefined,
            ...serviceOf(vault),
          },
        }),
    ...(azure === undefined
      ? {}
      : {
          azure: {
            tenant: fieldOf(azure, 'tenant') ?? someTenant,
            ...subscriptionOf(azure),
            vaults: namesIn(azure, 'vaults'),
            existing: existingInAzure(manifest.resources),
            quirks: quirks.azure,
            ...clusterIn(kubernetes).azure,
          },
        }),
    ...(aws === undefined ? {} : { aws: { ...accountOf(aws), ...clusterIn(kubernetes).aws, quirks: quirks.aws } }),
  });
  const address = sandbox.vault?.address;
  const age = await ageIn(vault, folder);
  return {
    connections: {
      ...manifest.connections,
      ...(kubernetes === undefined ? {} : { kubernetes: clusterAt(kubernetes, context, sandbox.kubeconfig) }),
      ...(address === undefined || vault === undefined
        ? {}
        : { vault: vaultAt(address, vault, folder, age?.recipient) }),
      ...(sandbox.azure === undefined ? {} : { azure: azureAt(sandbox.azure, azure) }),
      ...(sandbox.aws === undefined ? {} : { aws: awsAt(sandbox.aws, aws) }),
    },
    env: {
      ...(age === undefined ? {} : { LAB_AGE_IDENTITY: age.file }),
      // For the user's own programs; where the connection names a kubeconfig, they are told that one.
      ...(fieldOf(kubernetes, 'context') === undefined ? { KUBECONFIG: sandbox.kubeconfig } : {}),
      ...(sandbox.vault === undefined
        ? {}
        : { VAULT_ADDR: placeOf(sandbox.vault.address, vault).address, VAULT_TOKEN: sandbox.vault.rootToken }),
      ...(sandbox.azure === undefined ? {} : { LAB_SANDBOX_AZURE_SECRET: sandbox.azure.operator.clientSecret }),
      ...(sandbox.aws === undefined
        ? {}
        : { LAB_SANDBOX_AWS_ID: sandbox.aws.accessKey.id, LAB_SANDBOX_AWS_SECRET: sandbox.aws.accessKey.secret }),
    },
    close: () => sandbox.stop(),
  };
};

// What a cloud runs is found as in that cloud, and is the sandbox's own cluster there.
const clusterAt = (connection: unknown, context: string, kubeconfig: string): unknown =>
  fieldOf(connection, 'context') === undefined ? connection : { context, kubeconfig };

const clusterIn = (connection: unknown): { azure?: { cluster: string }; aws?: { cluster: string } } => {
  const [aks, eks] = ['aks', 'eks'].map((cloud): unknown =>
    typeof connection === 'object' && connection !== null ? Reflect.get(connection, cloud) : undefined,
  );
  const group = fieldOf(aks, 'resourceGroup');
  const [inAzure, inAws] = [fieldOf(aks, 'name'), fieldOf(eks, 'name')];
  return {
    ...(group === undefined || inAzure === undefined ? {} : { azure: { cluster: `${group}/${inAzure}` } }),
    ...(inAws === undefined ? {} : { aws: { cluster: inAws } }),
  };
};

const login = { auth: 'token', token: { from: 'env', name: 'VAULT_TOKEN' } } as const;

/** What a connection says that has nothing to do with where its server is. */
const kept = (connection: unknown, names: readonly string[]) =>
  Object.fromEntries(
    names.map((name) => [name, memberOf(connection, name)]).filter(([, value]) => value !== undefined),
  );

const vaultAt = (address: string, connection: unknown, folder: string, recipient: string | undefined) => {
  const init = initOf(connection);
  return {
    ...placeOf(address, connection),
    mode: fieldOf(connection, 'mode') ?? 'expected',
    ...kept(connection, ['computed', 'consumers']),
    // A rehearsal leaves nothing beside the manifest.
    folder: join(folder, 'files'),
    // A Vault that lab initialises has no root token that the sandbox knows: lab logs in as it does to a real one.
    ...(init === undefined
      ? { login: { plan: login, apply: login } }
      : { login: memberOf(connection, 'login'), init: inSandbox(init, folder, recipient) }),
  };
};

/** A Vault that is reached through the API server is so in the sandbox, too. */
const placeOf = (address: string, connection: unknown) => {
  if (fieldOf(connection, 'through') === undefined) return { address, plaintext: 'loopback' };
  const { hostname, port, protocol } = new URL(fieldOf(connection, 'address') ?? '');
  const inCluster = `http://${hostname}:${portOf(port, protocol)}`;
  return { address: inCluster, through: 'port-forward', plaintext: 'in-cluster' };
};

const serviceOf = (connection: unknown) => {
  const address = fieldOf(connection, 'through') === undefined ? undefined : fieldOf(connection, 'address');
  if (address === undefined) return {};
  const { hostname, port, protocol } = new URL(address);
  const name = clusterName(hostname);
  if (name === undefined) return {};
  return { service: { namespace: name.namespace, name: name.service, port: portOf(port, protocol) } };
};

/** What is written to files of the user's goes to the sandbox's folder, and is for nobody's real identity. */
const inSandbox = (init: object, folder: string, recipient: string | undefined) => ({
  ...init,
  answerFile: join(folder, 'vault-init-answer.json'),
  custodians: listIn(init, 'custodians').map((custodian, index) => {
    const file = join(folder, `shares-${index + 1}`);
    const keeper = fieldOf(custodian, 'keeper');
    if (keeper === 'person') return Object.assign({}, custodian, { file: `${file}.asc` });
    return keeper === 'age' ? Object.assign({}, custodian, { place: `${file}.age`, recipient }) : custodian;
  }),
});

/** Where a custodian is an age file: the identity that opens all of them here. */
const ageIn = async (connection: unknown, folder: string) => {
  const custodians = listIn(initOf(connection) ?? {}, 'custodians');
  if (!custodians.some((custodian) => fieldOf(custodian, 'keeper') === 'age')) return undefined;
  const { standInIdentity } = await import('../sandbox/vault/age-identity.ts');
  return standInIdentity(folder);
};

const initOf = (connection: unknown): object | undefined => {
  const init = memberOf(connection, 'init');
  return typeof init === 'object' && init !== null ? init : undefined;
};

const source = (name: string) => ({ from: 'env', name }) as const;

const azureAt = ({ port, caPem, operator }: NonNullable<Sandbox['azure']>, connection: unknown) => ({
  cloud: fieldOf(connection, 'cloud'),
  tenant: fieldOf(connection, 'tenant') ?? someTenant,
  ...subscriptionOf(connection),
  vaults: namesIn(connection, 'vaults'),
  entered: enteredIn(connection),
  credential: {
    type: 'service-principal',
    clientId: operator.clientId,
    clientSecret: source('LAB_SANDBOX_AZURE_SECRET'),
  },
  loopback: { port, ca: caPem },
});

const awsAt = ({ url, caPem, account }: NonNullable<Sandbox['aws']>, connection: unknown) => ({
  region: fieldOf(connection, 'region'),
  account,
  credential: { type: 'access-keys', id: source('LAB_SANDBOX_AWS_ID'), secret: source('LAB_SANDBOX_AWS_SECRET') },
  endpoints: { secretsManager: url, sts: url, iam: url, eks: url },
  ca: caPem,
});

/** Where the manifest names no tenant. */
const someTenant = '00000000-0000-4000-8000-000000000000';

const subscriptionOf = (connection: unknown): { subscription?: string } => {
  const subscription = fieldOf(connection, 'subscription');
  return subscription === undefined ? {} : { subscription };
};

const enteredIn = (connection: unknown): unknown =>
  typeof connection === 'object' && connection !== null ? Reflect.get(connection, 'entered') : undefined;

const accountOf = (connection: unknown): { account?: string } => {
  const account = fieldOf(connection, 'account');
  return account === undefined ? {} : { account };
};

const namesIn = (connection: unknown, name: string): string[] => {
  return listIn(connection, name).map(String);
};

const listIn = (connection: unknown, name: string): readonly unknown[] => {
  const value = memberOf(connection, name);
  return Array.isArray(value) ? value : [];
};

// Connections are checked by their providers; here one field is read of what the loader made.
const memberOf = (connection: unknown, name: string): unknown =>
  typeof connection === 'object' && connection !== null ? Reflect.get(connection, name) : undefined;

const fieldOf = (connection: unknown, name: string): string | undefined => {
  const value = memberOf(connection, name);
  return typeof value === 'string' ? value : undefined;
};
