import type { ArmContent } from './arm/content.ts';
import { guidOf, objectIdOf, type Principal } from './principal.ts';

/** What somebody has made in the subscription before lab comes. */
export interface ExistingInAzure {
  readonly groups: readonly string[];
  readonly vaults: readonly { readonly group: string; readonly name: string }[];
  readonly identities: readonly ExistingIdentity[];
}

/** An identity with its trust: the service accounts, as subjects, whose tokens it takes. It may read in every vault. */
export interface ExistingIdentity {
  readonly group: string;
  readonly name: string;
  readonly subjects: readonly string[];
}

/** Who comes after that. */
export interface Newcomers {
  readonly tenant: string;
  readonly subscription: string;
  /** Whose tokens are meant by the subjects. */
  readonly issuer: string;
  /** Roles in the vaults, by the id of the built-in role. */
  readonly roles: readonly { readonly principal: Principal; readonly roleId: string }[];
}

const location = 'westeurope';
const secretsUser = '4633458b-17de-408a-b874-0445c86b69e6';

/** Puts it there, once: what is there already stays as it is. */
export const furnishSubscription = (
  arm: ArmContent,
  secrets: Record<string, object>,
  existing: ExistingInAzure,
  { tenant, subscription, issuer, roles }: Newcomers,
): void => {
  const assign = (scope: string, roleId: string, principalId: string): void => {
    const name = guidOf(`${scope} ${roleId} ${principalId}`);
    if (arm.assignments.some((one) => one.name === name)) return;
    arm.assignments.push({ name, scope, roleId, principalId, principalType: 'ServicePrincipal' });
  };
  const inGroup = (group: string): void => {
    arm.groups[group.toLowerCase()] ??= { name: group, location };
  };
  for (const group of existing.groups) inGroup(group);
  for (const { group, name } of existing.vaults) {
    inGroup(group);
    secrets[name.toLowerCase()] ??= {};
    arm.vaults[name.toLowerCase()] ??= {
      name,
      group,
      location,
      tags: {},
      properties: {
        tenantId: tenant,
        sku: { family: 'A', name: 'standard' },
        enableRbacAuthorization: true,
        enableSoftDelete: true,
        softDeleteRetentionInDays: 90,
        accessPolicies: [],
        publicNetworkAccess: 'Enabled',
      },
      readyAt: 0,
      createdAt: '2026-01-01T00:00:00Z',
    };
    const scope = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.KeyVault/vaults/${name}`;
    for (const { principal, roleId } of roles) assign(scope, roleId, objectIdOf(principal));
  }
  for (const { group, name, subjects } of existing.identities) {
    inGroup(group);
    const id = `${subscription} ${group}/${name}`.toLowerCase();
    const credentials = subjects.map((subject, index) => {
      const own = { name: `account-${index}`, issuer, subject, audiences: ['api://AzureADTokenExchange'] };
      return [own.name, own] as const;
    });
    const identity = (arm.identities[`${group}/${name}`.toLowerCase()] ??= {
      name,
      group,
      location,
      tags: {},
      clientId: guidOf(`client ${id}`),
      principalId: guidOf(`principal ${id}`),
      credentials: Object.fromEntries(credentials),
    });
    assign(`/subscriptions/${subscription}`, secretsUser, identity.principalId);
  }
};
