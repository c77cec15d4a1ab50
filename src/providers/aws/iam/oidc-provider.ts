import { z } from 'zod';
import { defineKind } from '../../../engine/define-kind.ts';
import { sortedSet } from '../../../engine/fields.ts';
import { isList } from '../../../engine/value.ts';
import { LabError } from '../../../errors.ts';
import type { AwsClient } from '../client.ts';
import { iamArn, rightsOn } from '../rights.ts';
import type { Tags } from '../tags.ts';
import { issuerHost, oidcProviderArn } from './arn.ts';
import type { OidcProviderState } from './oidc-calls.ts';
import { settledWhen, untilSeen } from './seen.ts';
import { changeTags, newTags, seenTags, tagsField, unmark, wrongTags } from './tags.ts';

const schema = z.strictObject({
  issuer: z
    .string()
    .startsWith('https://', 'must begin with https://')
    .describe("The `iss` of the cluster's tokens, to the last slash; AWS asks it for the keys that sign them"),
  audiences: sortedSet().describe('Audiences that tokens may be for (client ids); others that are there stay'),
  tags: tagsField(),
});

type Wanted = Partial<z.output<typeof schema>>;

const nameTag = 'lab-name';
const audiencesTag = 'lab-audiences';

/**
 * aws.iam-oidc-provider/NAME: what lets tokens of one issuer into the account. AWS knows it by the issuer, of which an
 * account has at most one; NAME is lab's own and stands in a tag.
 */
export const iamOidcProvider = defineKind<typeof schema.shape, AwsClient>({
  kind: 'aws.iam-oidc-provider',
  parts: [['NAME']],
  schema,
  fields: { issuer: { reference: true, immutable: true, grant: true }, audiences: { grant: true } },
  outputs: { arn: {} },
  ownership: 'whole',
  mark: 'own',
  writes: 'merge',
  precondition: 're-read',
  link: (_, { issuer, audiences }) => ({
    is: 'issuer',
    ...(issuer === undefined ? {} : { issuer }),
    ...(isList(audiences) ? { audiences: audiences.map(String) } : {}),
  }),
  rights: (_, { issuer, tags }) => {
    // Which one it is is known once the cluster has said its issuer.
    const on = iamArn(`oidc-provider/${issuer === undefined ? '*' : issuerHost(issuer)}`);
    const provider = 'OpenIDConnectProvider';
    const writing = [`Create${provider}`, `Tag${provider}`, `Delete${provider}`];
    const audiences = [`AddClientIDTo${provider}`, `RemoveClientIDFrom${provider}`];
    const untag = tags === undefined ? [] : [`Untag${provider}`];
    const { apply } = rightsOn('iam', on, [], [...writing, ...audiences, ...untag]);
    // One that was made for another issuer is found by its tag, among all that others have made.
    const { plan } = rightsOn('iam', iamArn('oidc-provider/*'), [`Get${provider}`], []);
    return { plan: [...plan, { action: `iam:List${provider}s`, on: '*' }], apply };
  },
  check: ({ audiences, tags }) => (audiences.length === 0 ? 'audiences must hold at least one' : wrongTags(tags)),
  read: async (client, [name = ''], wanted) => {
    const found = await find(client, name, wanted);
    if (found === undefined) return { exists: 'no' };
    const { tags, mark } = seenTags(found.tags);
    return {
      exists: 'yes',
      spec: { issuer: found.issuer, audiences: managed(found, wanted), tags },
      outputs: { arn: found.arn },
      ...(mark === undefined ? {} : { mark }),
    };
  },
  write: async (client, request) => {
    const { iam } = client;
    const [name = ''] = request.id;
    const { issuer, audiences } = request.spec;
    const more = request.mark === undefined ? {} : ownTags(name, audiences);
    const arn = oidcProviderArn(await client.identity(), issuer);
    const found = await iam.provider(arn);
    if (found === undefined) await iam.createProvider(issuer, audiences, newTags(request, more));
    else {
      const calls = {
        tag: (tags: Tags) => iam.tagProvider(arn, tags),
        untag: (names: readonly string[]) => iam.untagProvider(arn, names),
      };
      for (const audience of audiences) {
        if (!found.audiences.includes(audience)) await iam.addAudience(arn, audience);
      }
      for (const audience of audiencesOf(found)) {
        if (!audiences.includes(audience) && found.audiences.includes(audience))
          await iam.removeAudience(arn, audience);
      }
      await changeTags(found.tags, request, calls, more);
    }
    await untilSeen(client, `the OIDC provider of ${issuer}`, request.waiting, () => knows(client, issuer, audiences));
  },
  settled: (client, _id, { issuer, audiences }) =>
    settledWhen(`the OIDC provider of ${issuer}`, () => knows(client, issuer, audiences)),
  remove: async (client, [name = '']) => {
    const found = await named(client, name);
    if (found !== undefined) await client.iam.removeProvider(found.arn);
  },
  keep: async (client, [name = '']) => {
    const found = await named(client, name);
    const others = found?.audiences.filter((audience) => !audiencesOf(found).includes(audience)) ?? [];
    return others.length === 0 ? undefined : `others let in tokens for ${others.join(', ')} by it`;
  },
  release: async (client, [name = '']) => {
    const found = await named(client, name);
    if (found !== undefined) await unmark(found.tags, (names) => client.iam.untagProvider(found.arn, names));
  },
});

const ownTags = (name: string, audiences: readonly string[]): Tags => ({
  [nameTag]: name,
  [audiencesTag]: audiences.join(' '),
});

/** The audiences that lab put there. */
const audiencesOf = ({ tags }: OidcProviderState): readonly string[] =>
  (tags[audiencesTag] ?? '').split(' ').filter((audience) => audience !== '');

// Other clusters' tools share the provider of an issuer, and audiences of theirs are no business of this one.
const managed = (found: OidcProviderState, { audiences = [] }: Wanted): readonly string[] =>
  found.audiences.filter((audience) => audiences.includes(audience) || audiencesOf(found).includes(audience));

const knows = async (client: AwsClient, issuer: string, audiences: readonly string[]): Promise<boolean> => {
  const found = await client.iam.provider(oidcProviderArn(await client.identity(), issuer));
  return found !== undefined && audiences.every((audience) => found.audiences.includes(audience));
};

/** By its issuer where that is known, else, or if there is none, by its name: it may have been made for another issuer. */
const find = async (client: AwsClient, name: string, { issuer }: Wanted): Promise<OidcProviderState | undefined> => {
  const byIssuer =
    issuer === undefined ? undefined : await client.iam.provider(oidcProviderArn(await client.identity(), issuer));
  return byIssuer ?? named(client, name);
};

const named = async (client: AwsClient, name: string): Promise<OidcProviderState | undefined> => {
  const arns = await client.iam.providers();
  const all = await Promise.all(arns.map((arn) => client.iam.provider(arn)));
  const [found, other] = all.filter((one) => one?.tags[nameTag] === name);
  if (other === undefined) return found;
  throw new LabError('CONFLICT', `${found?.arn} and ${other.arn} both have the tag ${nameTag} ${name}`, {
    next: `Take the tag off the one that is not ${name}.`,
  });
};
