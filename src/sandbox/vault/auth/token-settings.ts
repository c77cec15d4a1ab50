import { isIP } from 'node:net';
import type { Values } from '../fields.ts';
import type { Data } from '../result.ts';
import { sanitizePolicies } from '../tokens.ts';
import type { TokenSettings } from './content.ts';

/** The fields that roles of every auth method share, under their names of now and their old ones. */
export const tokenFields = {
  token_policies: 'commaList',
  token_ttl: 'seconds',
  token_max_ttl: 'seconds',
  token_period: 'seconds',
  token_explicit_max_ttl: 'seconds',
  token_num_uses: 'int',
  token_bound_cidrs: 'commaList',
  token_no_default_policy: 'bool',
  token_type: 'string',
  policies: 'commaList',
  ttl: 'seconds',
  max_ttl: 'seconds',
  period: 'seconds',
  num_uses: 'int',
  bound_cidrs: 'commaList',
} as const;

/** Settings of a role that says nothing. */
export const emptySettings: TokenSettings = {
  policies: [],
  ttl: 0,
  maxTtl: 0,
  period: 0,
  explicitMaxTtl: 0,
  uses: 0,
  boundCidrs: [],
  noDefaultPolicy: false,
  type: 'default',
  oldNames: [],
};

const renamed = ['policies', 'ttl', 'max_ttl', 'period', 'num_uses', 'bound_cidrs'] as const;

/** The settings after a write, which keeps what it does not name; or the complaint. */
export const mergeSettings = (was: TokenSettings, given: Values<typeof tokenFields>): TokenSettings | string => {
  const cidrs = given.token_bound_cidrs ?? given.bound_cidrs;
  const odd = cidrs?.find((cidr) => !isCidr(cidr));
  if (odd !== undefined) {
    return `error parsing address "${odd}": Unable to convert "${odd}" to an IPv4 or IPv6 address, or a UNIX Socket`;
  }
  const type = given.token_type === '' ? 'default' : (given.token_type ?? was.type);
  if (!['default', 'service', 'batch'].includes(type)) return `invalid 'token_type' value "${type}"`;
  const settings: TokenSettings = {
    // What comes under the old name is tidied, what comes under the new one is kept as it is.
    policies: given.token_policies ?? (given.policies === undefined ? was.policies : sanitizePolicies(given.policies)),
    ttl: given.token_ttl ?? given.ttl ?? was.ttl,
    maxTtl: given.token_max_ttl ?? given.max_ttl ?? was.maxTtl,
    period: given.token_period ?? given.period ?? was.period,
    explicitMaxTtl: given.token_explicit_max_ttl ?? was.explicitMaxTtl,
    uses: given.token_num_uses ?? given.num_uses ?? was.uses,
    boundCidrs: cidrs?.map((cidr) => cidr.replace(/\/(32|128)$/, '')) ?? was.boundCidrs,
    noDefaultPolicy: given.token_no_default_policy ?? was.noDefaultPolicy,
    type,
    oldNames: renamed.filter((name) => {
      if (given[`token_${name}`] !== undefined) return false;
      return given[name] !== undefined || was.oldNames.includes(name);
    }),
  };
  return complaintAbout(settings) ?? settings;
};

const isCidr = (text: string): boolean => {
  const [address = '', bits, ...rest] = text.split('/');
  return isIP(address) !== 0 && rest.length === 0 && (bits === undefined || /^\d{1,3}$/.test(bits));
};

const complaintAbout = (settings: TokenSettings): string | undefined => {
  if (settings.type === 'batch' && settings.period > 0) {
    return "'token_type' cannot be 'batch' or 'default_batch' when set to generate periodic tokens";
  }
  if (settings.type === 'batch' && settings.uses !== 0) {
    return "'token_type' cannot be 'batch' or 'default_batch' when set to generate tokens with limited use count";
  }
  if (settings.uses < 0) return "'token_num_uses' cannot be negative";
  if (settings.maxTtl > 0 && settings.ttl > settings.maxTtl)
    return "'token_ttl' cannot be greater than 'token_max_ttl'";
  return undefined;
};

/** The settings as a role's read answers them. */
export const describeSettings = (settings: TokenSettings): Data => {
  const values = {
    policies: settings.policies,
    ttl: settings.ttl,
    max_ttl: settings.maxTtl,
    period: settings.period,
    num_uses: settings.uses,
    bound_cidrs: settings.boundCidrs,
  };
  const now = Object.entries(values).map(([name, value]) => [`token_${name}`, value] as const);
  const old = Object.entries(values).filter(([name, value]) => settings.oldNames.includes(name) && !isZero(value));
  return {
    ...Object.fromEntries([...now, ...old]),
    token_explicit_max_ttl: settings.explicitMaxTtl,
    token_no_default_policy: settings.noDefaultPolicy,
    token_type: settings.type,
  };
};

const isZero = (value: number | readonly string[]): boolean =>
  typeof value === 'number' ? value === 0 : value.length === 0;
