import type { Probe } from '../../../engine/resource.ts';
import { accountIn, allProven, sameProbe, visit } from '../../../engine/visitor.ts';
import { LabError } from '../../../errors.ts';
import type { AzureClient } from '../client.ts';
import type { VisitorLogin } from '../login/visitor.ts';
import {
  type Credential,
  type IdentityName,
  listCredentials,
  type ManagedIdentity,
  readIdentity,
} from './managed-identities.ts';

/** What External Secrets asks the cluster for, whatever the credential says. Source: its Azure provider. */
export const askedAudience = 'api://AzureADTokenExchange';
const annotation = 'azure.workload.identity/client-id';

const checks = {
  annotation: `the service account's annotation ${annotation} names the identity`,
  issuer: "the credential's issuer is the iss of the cluster's tokens",
  subject: "the credential's subject is the sub of the cluster's tokens",
  audience: "the credential's audience is the aud that External Secrets asks for",
  login: "Azure takes the cluster's token for the identity",
} as const;

/** From a service account to its managed identity, link by link: each as the cluster's own token has it. */
export const proveTrust = async (
  client: AzureClient,
  owner: IdentityName,
  { issuer, subject, audiences }: Credential,
): Promise<readonly Probe[]> => {
  const account = accountIn(subject);
  if (account === undefined) {
    return [{ is: 'untried', check: checks.subject, because: `${subject} is no service account of a cluster` }];
  }
  const identity = await readIdentity(client.arm(), owner);
  if (identity === undefined) return [];
  const visited = await visit(client.ports, account, () => askedAudience);
  if (visited.is === 'not') return [visited.probe];
  const { annotations, claims, token: assertion } = visited.visitor;
  const annotate = `Annotate service account ${account.namespace}/${account.name} with it.`;
  const links = [
    sameProbe(checks.annotation, identity.clientId, annotations[annotation], annotate),
    sameProbe(checks.issuer, claims.issuer, issuer, 'Every character counts, a slash at the end as well.'),
    sameProbe(checks.subject, claims.subject, subject),
    sameProbe(checks.audience, askedAudience, audiences.join(', ')),
  ];
  // Azure would only say the same again.
  if (!allProven(links.slice(1))) return links;
  return [...links, await loggedIn(client.as({ ...loginOf(identity), assertion }))];
};

/** What a role on a vault or on one secret is for: whoever has it reads a secret. */
export const proveRole = async (
  client: AzureClient,
  role: {
    readonly group: string;
    readonly label: string;
    readonly role: string;
    readonly vault?: string;
    readonly secret?: string;
  },
): Promise<readonly Probe[]> => {
  const { group, label, vault } = role;
  if (
    vault === undefined ||
    label === 'self' ||
    !/^Key Vault (Secrets User|Secrets Officer|Administrator)$/.test(role.role)
  )
    return [];
  const owner: IdentityName = [group, label];
  const identity = await readIdentity(client.arm(), owner);
  const accounts = (await listCredentials(client.arm(), owner)).flatMap(({ subject }) => accountIn(subject) ?? []);
  const [account] = accounts;
  // Of other principals lab can take no token.
  if (identity === undefined || account === undefined) return [];
  const name = role.secret ?? (await anySecret(client, vault));
  if (name === undefined) {
    return [{ is: 'untried', check: `${label} reads a secret of ${vault}`, because: 'the vault holds none yet' }];
  }
  const check = `${label} reads ${name} of ${vault}`;
  const visited = await visit(client.ports, account, () => askedAudience);
  if (visited.is === 'not') return [visited.probe];
  const login = client.as({ ...loginOf(identity), assertion: visited.visitor.token });
  const entered = await login.logIn();
  // That is the federated credential's to prove.
  if (!entered.ok) return [{ is: 'untried', check, because: `the login was refused: ${entered.found}` }];
  const read = await login.readSecret(client.hostOf(vault), name);
  if (read.ok) return [{ is: 'proven', check }];
  const next = 'The role must be on this secret, on its vault or above, and for the principal id of the identity.';
  return [{ is: 'failed', check, expected: 'its value', found: read.found, next }];
};

const loginOf = ({ tenantId: tenant, clientId }: ManagedIdentity) => ({ tenant, clientId });

const loggedIn = async (login: VisitorLogin): Promise<Probe> => {
  const tried = await login.logIn();
  const check = checks.login;
  if (tried.ok) return { is: 'proven', check };
  return { is: 'failed', check, expected: 'an access token', found: tried.found, ...cureOf(tried.found) };
};

// Source: "Microsoft Entra authentication and authorization error codes".
const cureOf = (found: string): { next?: string } => {
  if (found.includes('AADSTS50166') || found.includes('AADSTS90061')) {
    return { next: "Azure must reach the issuer's /.well-known/openid-configuration over the internet." };
  }
  if (/AADSTS700?21\d?:/.test(found)) return { next: 'A new credential takes minutes to be known: try again.' };
  return {};
};

const anySecret = async (client: AzureClient, vault: string): Promise<string | undefined> => {
  try {
    return await client.vault(vault).first();
  } catch (error) {
    if (error instanceof LabError) return undefined;
    throw error;
  }
};
