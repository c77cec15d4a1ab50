import { z } from 'zod';
import { defineKind } from '../../../engine/define-kind.ts';
import { sortedSet } from '../../../engine/fields.ts';
import { clearable } from '../clearable.ts';
import type { VaultClient } from '../client.ts';
import { inWords, recognising } from '../recognising.ts';
import { proveAccounts } from './accounts-proof.ts';
import { endingTokens, rightsOfRole, roleKind, rolePath } from './role-kind.ts';
import { liveTokenSettings, tokenAnswer, tokenShape, tokenTraits, tokenWords } from './token-settings.ts';

const schema = z.strictObject({
  ...tokenShape,
  serviceAccountNames: sortedSet().describe('Names of the service accounts that may log in; `*` alone means all.'),
  serviceAccountNamespaces: sortedSet().describe('Namespaces of those service accounts; `*` alone means all.'),
  audience: clearable(z.string(), '').describe('The audience that their tokens must have.'),
});

const answer = z.object({
  ...tokenAnswer,
  bound_service_account_names: z.array(z.string()),
  bound_service_account_namespaces: z.array(z.string()).nullish(),
  audience: z.string().optional(),
});

const words = {
  ...tokenWords,
  serviceAccountNames: 'bound_service_account_names',
  serviceAccountNamespaces: 'bound_service_account_namespaces',
  audience: 'audience',
};

const starAlone = (what: string, names: readonly string[]): string | undefined =>
  names.includes('*') && names.length > 1 ? `${what}: \`*\` means all and must stand alone` : undefined;

/** Which service accounts may log in through an auth method of type kubernetes, and what their tokens may do. */
export const kubernetesAuthRole = defineKind<typeof schema.shape, VaultClient>({
  ...roleKind('vault.kubernetes-auth-role', 'vault.kubernetes-auth-config'),
  schema,
  fields: {
    ...tokenTraits,
    serviceAccountNames: { grant: true, exact: true },
    serviceAccountNamespaces: { grant: true, exact: true },
    audience: { unset: '' },
  },
  rights: (id, { noDefaultPolicy }) => ({
    ...rightsOfRole(id),
    verify: endingTokens(noDefaultPolicy),
  }),
  check: ({ serviceAccountNames, serviceAccountNamespaces }) =>
    starAlone('serviceAccountNames', serviceAccountNames) ??
    starAlone('serviceAccountNamespaces', serviceAccountNamespaces),
  read: async (client, [mount = '', name = '']) => {
    const live = await client.read(['auth', mount, 'role', name], answer);
    if (live === undefined) return { exists: 'no' };
    return {
      exists: 'yes',
      spec: {
        ...liveTokenSettings(live),
        serviceAccountNames: live.bound_service_account_names.toSorted(),
        serviceAccountNamespaces: (live.bound_service_account_namespaces ?? []).toSorted(),
        audience: live.audience ?? '',
      },
      outputs: {},
    };
  },
  recognises: recognising(rolePath, words),
  write: (client, { id, spec }) => client.write('POST', rolePath(id), inWords(words, spec)),
  verify: (client, [mount = '', name = ''], spec) => proveAccounts(client, mount, name, spec),
});
