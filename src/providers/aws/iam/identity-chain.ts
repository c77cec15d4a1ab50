import type { Probe } from '../../../engine/resource.ts';
import { accountIn, allProven, sameProbe, subjectOf, visit } from '../../../engine/visitor.ts';
import type { AwsClient, SecretPlace } from '../client.ts';
import { issuerHost, policyArn } from './arn.ts';
import { readableIn } from './grant.ts';
import { askedAudience, type Trust, trustIn } from './trust.ts';

const annotation = 'eks.amazonaws.com/role-arn';

/** From each service account that a role lets in to a session of it, link by link: as the cluster's own token has it. */
export const proveTrust = async (client: AwsClient, arn: string, trust: Trust): Promise<readonly Probe[]> => {
  const all = await Promise.all(trust.serviceAccounts.map((account) => proveAccount(client, arn, trust, account)));
  return all.flat();
};

const proveAccount = async (
  client: AwsClient,
  arn: string,
  { issuer, audience }: Trust,
  name: string,
): Promise<readonly Probe[]> => {
  const account = accountNamed(name);
  if (account === undefined) {
    const check = `the trust names a service account`;
    return [{ is: 'failed', check, expected: 'NAMESPACE/NAME', found: name }];
  }
  const visited = await visit(client.ports, account, askedAudience);
  if (visited.is === 'not') return [visited.probe];
  const { annotations, claims, token } = visited.visitor;
  const annotate = `Annotate service account ${name} with it.`;
  const links = [
    sameProbe(`the annotation ${annotation} of ${name} names the role`, arn, annotations[annotation], annotate),
    sameProbe(
      "the trust's issuer is the iss of the cluster's tokens",
      issuerHost(claims.issuer),
      issuerHost(issuer),
      'Every character counts, a slash at the end as well.',
    ),
    sameProbe("the trust's subject is the sub of the cluster's tokens", claims.subject, subjectOf(account)),
    sameProbe("the trust's audience is the aud that External Secrets asks for", claims.audiences.join(', '), audience),
  ];
  // STS would only say the same, in fewer words.
  if (!allProven(links.slice(1))) return links;
  const check = `STS takes the token of ${name} for the role`;
  const tried = await client.as({ role: arn, token }).logIn();
  if (tried.ok) return [...links, { is: 'proven', check }];
  const next = 'IAM must hold a provider of this issuer, and reach its keys over the internet.';
  return [...links, { is: 'failed', check, expected: 'a session', found: tried.found, next }];
};

/** What a policy at a role is for: whoever takes the role on reads a secret that it names. */
export const provePolicy = async (
  client: AwsClient,
  [role = '', policy = '']: readonly string[],
): Promise<readonly Probe[]> => {
  const identity = await client.identity();
  const [found, content] = await Promise.all([client.iam.role(role), client.iam.policy(policyArn(identity, policy))]);
  const trust = found?.trust && trustIn(identity, found.trust);
  const readable = content?.document && readableIn(identity, content.document);
  const account = accountNamed(trust?.serviceAccounts[0] ?? '');
  // Roles of others and policies about anything else are none of ours to try.
  if (found === undefined || readable === undefined || account === undefined) return [];
  const place = canaryIn(readable);
  if (place === undefined) {
    const because = 'the policy names prefixes and no secret';
    return [{ is: 'untried', check: `${role} reads a secret of ${policy}`, because }];
  }
  const check = `${role} reads ${place.name} in ${place.region}`;
  const visited = await visit(client.ports, account, askedAudience);
  if (visited.is === 'not') return [visited.probe];
  const login = client.as({ role: found.arn, token: visited.visitor.token });
  const entered = await login.logIn();
  // That is the role's to prove.
  if (!entered.ok) return [{ is: 'untried', check, because: `the login was refused: ${entered.found}` }];
  const read = await login.readSecret(place);
  if (read.ok) return [{ is: 'proven', check }];
  return [{ is: 'failed', check, expected: 'its value', found: read.found }];
};

const accountNamed = (name: string) => accountIn(`system:serviceaccount:${name.replace('/', ':')}`);

const canaryIn = (readable: NonNullable<ReturnType<typeof readableIn>>): SecretPlace | undefined =>
  readable.flatMap(({ region, names }) => names.map((name) => ({ region, name })))[0];
