import { beforeAll, describe } from 'vitest';
import { callerOf, type VaultUnderTest } from './caller.ts';
import { type ClusterUnderTest, describeKubernetesAuth } from './kubernetes-auth.ts';
import { describeKv } from './kv.ts';
import { describeMounts } from './mounts.ts';
import { describePolicies } from './policies.ts';
import { describeRights } from './rights.ts';
import { describeTokens } from './tokens.ts';

/** What the suite works on. */
export interface VaultApi {
  readonly vault: VaultUnderTest;
  readonly cluster: ClusterUnderTest;
}

/** What lab and the operator rely on in Vault's API, answer by answer; the same for the sandbox and a real server. */
export const describeVaultApi = (name: string, connect: () => Promise<VaultApi>): void => {
  describe(`the API of ${name}`, () => {
    let api: VaultApi;
    const call = callerOf(() => api.vault);
    beforeAll(async () => {
      api = await connect();
    });
    describeMounts(call);
    describePolicies(call);
    describeRights(call);
    describeTokens(call);
    describeKv(call);
    describeKubernetesAuth(call, () => api.cluster);
  });
};
