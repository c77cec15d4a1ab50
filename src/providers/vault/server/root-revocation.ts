import { z } from 'zod';
import { defineKind } from '../../../engine/define-kind.ts';
import type { Probe } from '../../../engine/resource.ts';
import { LabError } from '../../../errors.ts';
import type { Secret } from '../../../secrets/secret.ts';
import type { VaultCalls, VaultClient } from '../client.ts';
import { capabilitiesOn } from '../policy/capabilities.ts';
import { may } from '../rights.ts';

const schema = z.strictObject({
  manages: z
    .record(z.string(), z.array(z.string()))
    .describe("What lab's own login must be allowed to do, by path, before the root token may go."),
});

/**
 * The end of the root token that init answered: lab logs in by its own login, which is held against what it has to
 * manage, and revokes root by its accessor; once Vault does not know it any more, that is recorded, and its copies go.
 */
export const rootRevocation = defineKind<typeof schema.shape, VaultClient>({
  kind: 'vault.root-revocation',
  parts: [['NAME']],
  schema,
  ownership: 'fields',
  mark: 'none',
  writes: 'merge',
  precondition: 're-read',
  gates: () => ['vault.active'],
  rights: () => ({
    plan: [],
    apply: [
      ...may('sys/capabilities-self', 'update'),
      ...may('auth/token/revoke-accessor', 'update'),
      ...may('auth/token/lookup-accessor', 'update'),
    ],
    verify: may('auth/token/accessors', 'list', 'sudo'),
  }),
  read: async (client, _id, spec) =>
    (await client.bootstrap().hasRoot()) ? { exists: 'no' } : { exists: 'yes', spec, outputs: {} },
  write: async (client, { spec }) => {
    const bootstrap = client.bootstrap();
    const root = await bootstrap.root();
    if (root === undefined) return;
    const accessor = await accessorOf(client, root);
    const own = client.ownLogin();
    await proveRights(own, spec.manages);
    if (accessor !== undefined) {
      bootstrap.retireRoot();
      await own.write('POST', ['auth', 'token', 'revoke-accessor'], { accessor });
      await proveDead(own, accessor);
    }
    await bootstrap.escrow.keepRootEnd({
      formatVersion: 1,
      ...(accessor === undefined ? { found: 'dead' } : { found: 'alive', accessor }),
      provenAt: new Date().toISOString(),
      ...bootstrap.author,
    });
    await bootstrap.forgetRoot();
    client.logInAnew();
  },
  verify: (client) => otherRoots(client),
  remove: async () => {},
});

const self = z.object({ accessor: z.string() });

/** The accessor that Vault knows the root token by; undefined if it knows it no longer. */
const accessorOf = async (client: VaultClient, root: Secret): Promise<string | undefined> => {
  try {
    return (await client.withToken(root).read(['auth', 'token', 'lookup-self'], self))?.accessor;
  } catch (error) {
    if (error instanceof LabError && error.code === 'UNAUTHENTICATED') return undefined;
    throw error;
  }
};

/** Asks Vault what lab's own login may do, before nobody else is left who could grant it. */
const proveRights = async (own: VaultCalls, manages: Readonly<Record<string, readonly string[]>>): Promise<void> => {
  const granted = await capabilitiesOn(own, Object.keys(manages));
  const missing = Object.entries(manages).flatMap(([path, wanted]) => {
    const without = granted.lacking(path, wanted);
    return without.length === 0 ? [] : [`${path} (${without.join(', ')})`];
  });
  if (missing.length === 0) return;
  throw new LabError('GUARD', `the root token stays: lab's own login may not use ${missing.join(', ')}`, {
    next: 'Give its role a policy that is `computed: apply`, or add these to the one that it has; then apply again.',
  });
};

const proveDead = async (own: VaultCalls, accessor: string): Promise<void> => {
  try {
    await own.lookUp(['auth', 'token', 'lookup-accessor'], { accessor }, z.unknown());
  } catch (error) {
    if (error instanceof LabError && /invalid accessor/.test(error.message)) return;
    throw error;
  }
  throw new LabError('REJECTED', 'Vault says that it revoked the root token, and knows it still');
};

const accessorList = z.object({ keys: z.array(z.string()) });

const known = z.object({ policies: z.array(z.string()), display_name: z.string(), creation_time: z.number() });

/** Every other token that may do everything, by its accessor; that of lab's own escrow is another check's. */
const otherRoots = async (client: VaultClient): Promise<readonly Probe[]> => {
  const check = 'no other root token';
  const own = client.ownLogin();
  try {
    const roots: string[] = [];
    for (const accessor of await accessorsNow(own)) {
      const token = await tokenBy(own, accessor);
      if (token?.policies.includes('root') === true) {
        roots.push(`${accessor} (${token.display_name}, made ${new Date(token.creation_time * 1000).toISOString()})`);
      }
    }
    if (roots.length === 0) return [{ is: 'proven', check }];
    const next = 'Whoever made them: vault token revoke -accessor ACCESSOR.';
    return [{ is: 'failed', check, expected: 'none', found: roots.join(', '), next }];
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return [{ is: 'untried', check, because: error.message }];
  }
};

const accessorsNow = async (own: VaultCalls): Promise<readonly string[]> =>
  (await own.list(['auth', 'token', 'accessors'], accessorList))?.keys ?? [];

/** The token; undefined if it has gone meanwhile. Of one that is just going, both products say that it is denied. */
const tokenBy = async (own: VaultCalls, accessor: string): Promise<z.output<typeof known> | undefined> => {
  try {
    return await own.ask(['auth', 'token', 'lookup-accessor'], { accessor }, known);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    if (error.message.includes('invalid accessor')) return undefined;
    if (error.code === 'DENIED' && !(await accessorsNow(own)).includes(accessor)) return undefined;
    throw error;
  }
};
