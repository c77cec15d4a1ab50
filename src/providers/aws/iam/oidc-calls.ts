import type { Tags } from '../tags.ts';
import { fromTags, type IamSend, ifThere, toTags } from './send.ts';

/** One OIDC provider. */
export interface OidcProviderState {
  readonly arn: string;
  /** With https://. */
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly tags: Tags;
}

/** The calls about OIDC providers. */
export interface OidcCalls {
  /** undefined if it is not there. */
  provider(arn: string): Promise<OidcProviderState | undefined>;
  /** The ARNs of all. */
  providers(): Promise<readonly string[]>;
  createProvider(issuer: string, audiences: readonly string[], tags: Tags): Promise<void>;
  addAudience(arn: string, audience: string): Promise<void>;
  removeAudience(arn: string, audience: string): Promise<void>;
  tagProvider(arn: string, tags: Tags): Promise<void>;
  untagProvider(arn: string, names: readonly string[]): Promise<void>;
  /** Absent already is success. */
  removeProvider(arn: string): Promise<void>;
}

export const oidcCalls = (send: IamSend): OidcCalls => ({
  provider: (arn) =>
    send('GetOpenIDConnectProvider', arn, async (api, http) => {
      const found = await ifThere(() => api.getOpenIDConnectProvider({ OpenIDConnectProviderArn: arn }, http));
      if (found === undefined) return undefined;
      const issuer = `https://${(found.Url ?? '').replace(/^https:\/\//, '')}`;
      return { arn, issuer, audiences: (found.ClientIDList ?? []).toSorted(), tags: fromTags(found.Tags) };
    }),
  providers: () =>
    send('ListOpenIDConnectProviders', '*', async (api, http) => {
      const { OpenIDConnectProviderList: listed = [] } = await api.listOpenIDConnectProviders({}, http);
      return listed.flatMap(({ Arn }) => (Arn === undefined ? [] : [Arn]));
    }),
  // Without thumbprints: IAM trusts the certificates of public authorities, and fetches the thumbprint of others.
  createProvider: (issuer, audiences, tags) =>
    send('CreateOpenIDConnectProvider', issuer, async (api, http) => {
      await api.createOpenIDConnectProvider({ Url: issuer, ClientIDList: [...audiences], Tags: toTags(tags) }, http);
    }),
  addAudience: (arn, ClientID) =>
    send('AddClientIDToOpenIDConnectProvider', arn, async (api, http) => {
      await api.addClientIDToOpenIDConnectProvider({ OpenIDConnectProviderArn: arn, ClientID }, http);
    }),
  removeAudience: (arn, ClientID) =>
    send('RemoveClientIDFromOpenIDConnectProvider', arn, async (api, http) => {
      await api.removeClientIDFromOpenIDConnectProvider({ OpenIDConnectProviderArn: arn, ClientID }, http);
    }),
  tagProvider: (arn, tags) =>
    send('TagOpenIDConnectProvider', arn, async (api, http) => {
      await api.tagOpenIDConnectProvider({ OpenIDConnectProviderArn: arn, Tags: toTags(tags) }, http);
    }),
  untagProvider: (arn, names) =>
    send('UntagOpenIDConnectProvider', arn, async (api, http) => {
      await api.untagOpenIDConnectProvider({ OpenIDConnectProviderArn: arn, TagKeys: [...names] }, http);
    }),
  removeProvider: (arn) =>
    send('DeleteOpenIDConnectProvider', arn, async (api, http) => {
      await ifThere(() => api.deleteOpenIDConnectProvider({ OpenIDConnectProviderArn: arn }, http));
    }),
});
