import type { Right } from '../../../engine/resource.ts';
import { may } from '../rights.ts';

/** What any role of an auth method takes. */
export const rightsOfRole = (mount: string, name: string) => {
  const path = `auth/${mount}/role/${name}`;
  return { plan: may(path, 'read'), apply: may(path, 'create', 'update', 'delete') };
};

/** A token without the policy `default` cannot end itself after a proof. */
export const endingTokens = (noDefaultPolicy: boolean | undefined): readonly Right[] =>
  noDefaultPolicy === true ? may('auth/token/revoke', 'update') : [];
