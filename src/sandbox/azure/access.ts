import type { ArmContent, StoredAssignment } from './arm/content.ts';
import { entryOf } from './arm/content.ts';
import { grants } from './arm/roles.ts';
import { type Action, type Bearer, roleAllows } from './principal.ts';
import type { Quirks } from './quirks.ts';

/** What decides who may do what. */
export interface Rights {
  readonly arm: ArmContent;
  readonly subscription: string;
  readonly quirks: Quirks;
}

/** What is to be done with which secret; '' where it is the vault as a whole. */
export interface Deed {
  readonly vault: string;
  readonly secret: string;
  readonly action: Action;
}

/** Whether somebody may do this with a secret of a vault. */
export const mayDo = (rights: Rights, bearer: Bearer, deed: Deed): boolean => {
  // Who set up the vaults that were there before anybody came is not on record: their rights are those of the application.
  const isOld = entryOf(rights.arm.vaults, deed.vault) === undefined;
  if (isOld && bearer.is === 'application') {
    return roleAllows(bearer.application.roles?.[deed.vault] ?? 'Secrets Officer', deed.action);
  }
  const role = bearer.is === 'application' ? bearer.application.subscriptionRole : undefined;
  const own = typeof role === 'object' ? role.dataActions : [];
  if (own.includes(`Microsoft.KeyVault/vaults/secrets/${deed.action}`)) return true;
  return rights.arm.assignments.some((assignment) => counts(rights, assignment, bearer, deed));
};

const counts = (rights: Rights, assignment: StoredAssignment, bearer: Bearer, deed: Deed): boolean =>
  assignment.principalId === bearer.objectId &&
  covers(rights, assignment.scope, deed) &&
  grants(assignment.roleId, deed.action) &&
  rights.quirks.knows('assignment', assignment.name);

/** Subscription, resource group, vault, secret: an assignment counts for everything below its scope. */
const covers = ({ arm, subscription }: Rights, scope: string, { vault, secret }: Deed): boolean => {
  const [, , inSubscription = '', , inGroup, , , , inVault, , inSecret] = scope.toLowerCase().split('/');
  if (inSubscription !== subscription.toLowerCase()) return false;
  const group = entryOf(arm.vaults, vault)?.group.toLowerCase();
  if (inGroup !== undefined && group !== undefined && inGroup !== group) return false;
  // Which group an old vault is in, nobody has said.
  if (inGroup !== undefined && group === undefined && inVault === undefined) return false;
  if (inVault !== undefined && inVault !== vault.toLowerCase()) return false;
  return inSecret === undefined || (secret !== '' && inSecret === secret.toLowerCase());
};
