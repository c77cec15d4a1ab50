import { type Fields, isFields, isList } from '../../../engine/value.ts';
import type { Identity } from '../identity.ts';
import { secretArn } from './arn.ts';
import { canonicalPolicy } from './policy-document.ts';

/** Secrets of one region that may be read: by name, and by what their names begin with; the prefix '' is all. */
export interface Readable {
  readonly region: string;
  readonly names: readonly string[];
  readonly prefixes: readonly string[];
}

// ESO asks for nothing else when an ExternalSecret names its keys. Source: the AWS provider of External Secrets.
const action = 'secretsmanager:GetSecretValue';
const suffix = '-??????';

/** The policy that lets these secrets be read, and no others. */
export const readingPolicy = (identity: Identity, readable: readonly Readable[]): Fields =>
  canonicalPolicy({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Action: action,
      Resource: readable.flatMap(({ region, names, prefixes }) => [
        ...names.map((name) => secretArn(identity, region, `${name}${suffix}`)),
        ...prefixes.map((prefix) => secretArn(identity, region, `${prefix}*`)),
      ]),
    },
  });

/** What a canonical policy lets be read; undefined if it says anything else, or more. */
export const readableIn = (identity: Identity, policy: Fields): readonly Readable[] | undefined => {
  const statement = isList(policy['Statement']) ? policy['Statement'][0] : undefined;
  const resources = isFields(statement) ? statement['Resource'] : undefined;
  const arns = isList(resources) ? resources.filter((arn) => typeof arn === 'string') : [];
  const found = arns.map((arn) => {
    const [, region = '', pattern = ''] = /:secretsmanager:([^:]+):\d+:secret:(.*)$/.exec(arn) ?? [];
    return { region, pattern };
  });
  const readable = [...Map.groupBy(found, ({ region }) => region)].map(([region, group]) => ({
    region,
    names: group.flatMap(({ pattern }) => (pattern.endsWith(suffix) ? [pattern.slice(0, -suffix.length)] : [])),
    prefixes: group.flatMap(({ pattern }) => (pattern.endsWith('*') ? [pattern.slice(0, -1)] : [])),
  }));
  return JSON.stringify(readingPolicy(identity, readable)) === JSON.stringify(policy) ? readable : undefined;
};
