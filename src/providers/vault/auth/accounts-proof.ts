import type { Probe } from '../../../engine/resource.ts';
import { LabError } from '../../../errors.ts';
import type { VaultCalls, VaultClient } from '../client.ts';
import type { Consumer } from '../config.ts';
import { proveLogin } from '../login/proof.ts';
import { capabilitiesOn } from '../policy/capabilities.ts';

interface Role {
  readonly serviceAccountNames: readonly string[];
  readonly serviceAccountNamespaces: readonly string[];
  readonly audience?: string | null | undefined;
  readonly policies: readonly string[];
}

interface Account {
  readonly namespace: string;
  readonly name: string;
}

const nameOf = ({ namespace, name }: Account): string => `${namespace}/${name}`;

/**
 * Each service account that is let in by name, or that External Secrets logs in as, does so with a token of its own, and
 * Vault says whether it may do what it does for the resources of the manifest.
 */
export const proveAccounts = async (
  client: VaultClient,
  path: string,
  role: string,
  spec: Role,
): Promise<readonly Probe[]> => {
  const consumers = client.consumers(path, role);
  const listed = spec.serviceAccountNamespaces.flatMap((namespace) =>
    spec.serviceAccountNames.map((name) => ({ namespace, name })),
  );
  const accounts = [
    ...listed.filter((account) => !nameOf(account).includes('*')),
    ...consumers.map((one) => one.account),
  ];
  const unique = [...new Map(accounts.map((account) => [nameOf(account), account])).values()];
  const proofs = unique.map((account) =>
    proveAccount(client, path, role, spec, {
      account,
      consumers: consumers.filter((one) => nameOf(one.account) === nameOf(account)),
    }),
  );
  return (await Promise.all(proofs)).flat();
};

const proveAccount = async (
  client: VaultClient,
  path: string,
  role: string,
  { audience, policies }: Role,
  { account, consumers }: { readonly account: Account; readonly consumers: readonly Consumer[] },
): Promise<readonly Probe[]> => {
  const who = nameOf(account);
  try {
    const jwt = await client.accountToken(account, audience ? [audience] : []);
    const attempt = { path, proof: { role, jwt }, whom: `${who} in by role ${role} of auth/${path}` };
    return await proveLogin(client, who, attempt, policies, (token) => proveConsumers(token, consumers, policies));
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return [{ is: 'untried', check: `login: ${who}`, because: error.message }];
  }
};

/** Asks Vault with the token of the login itself; it reads no value. */
const proveConsumers = async (
  token: VaultCalls,
  consumers: readonly Consumer[],
  policies: readonly string[],
): Promise<readonly Probe[]> => {
  const paths = [...new Set(consumers.map(({ path }) => path))];
  if (paths.length === 0) return [];
  const check = `may use the ${paths.length === 1 ? 'path' : `${paths.length} paths`} that External Secrets asks for`;
  try {
    const granted = await capabilitiesOn(token, paths);
    const failed = consumers.flatMap((consumer): readonly Probe[] => {
      const { path, capability, needs, role } = consumer;
      if (granted.lacking(path, [capability]).length === 0) return [];
      const among = policies.length === 1 ? `policy ${policies[0]}` : `policies ${policies.join(', ') || '(none)'}`;
      return [
        {
          is: 'failed',
          check: `role ${role}: ${capability} ${path}, for ${needs}`,
          expected: capability,
          found: `${granted.held(path).join(', ') || 'nothing'}, by ${among}`,
          next: `Grant it: path "${path}" { capabilities = ["${capability}"] }`,
        },
      ];
    });
    return failed.length === 0 ? [{ is: 'proven', check }] : failed;
  } catch (error) {
    if (!(error instanceof LabError) || error.code !== 'DENIED') throw error;
    return [{ is: 'untried', check, because: 'a token without the policy `default` may not ask what it may do' }];
  }
};
