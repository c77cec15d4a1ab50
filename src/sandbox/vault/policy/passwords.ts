import { entryOf } from '../content.ts';
import { type Call, type Endpoint, endpoint } from '../endpoint.ts';
import { done, found, namesOf, type Result, refused, together } from '../result.ts';
import { decodeBase64 } from './base64.ts';
import { type Item, parseHcl } from './hcl.ts';

const nameOf = ({ params: [name = ''] }: Call): string => name;

const invalid = (complaint: string): Result => refused(400, together([complaint]));

const write = (call: Call, given: string | undefined): Result => {
  if (given === undefined || given === '') return invalid('missing policy');
  const text = decodeBase64(given) ?? given;
  const complaint = complaintAbout(text);
  if (complaint !== undefined) return invalid(complaint);
  call.vault.content.passwordPolicies[nameOf(call)] = text;
  call.vault.changed();
  return done;
};

const complaintAbout = (text: string): string | undefined => {
  const parsed = parseHcl(text);
  if (!parsed.ok) return `invalid password policy: unable to decode: ${parsed.error}`;
  const length = lengthOf(parsed.items);
  const hasRule = parsed.items.some(({ keys }) => keys[0] === 'rule');
  const faults = [...(length > 0 ? [] : ['length must be > 0']), ...(hasRule ? [] : ['no charset specified'])];
  if (faults.length > 0) return `invalid password policy: ${together(faults)}`;
  return length < 4 || length > 100 ? 'passwords must be between 4 and 100 characters' : undefined;
};

const lengthOf = (items: readonly Item[]): number => {
  const value = items.find(({ keys }) => keys[0] === 'length')?.value;
  return value?.is === 'literal' ? Number(value.text) : 0;
};

/** `sys/policies/password/NAME`. */
export const passwordPolicyEndpoints: readonly Endpoint[] = [
  endpoint({
    pattern: /^policies\/password\/?$/,
    fields: {},
    on: { list: ({ vault }) => namesOf(Object.keys(vault.content.passwordPolicies)) },
  }),
  endpoint({
    pattern: /^policies\/password\/(\w(?:[\w.-]*\w)?)$/,
    fields: { policy: 'string', name: 'string', entropy_source: 'string' },
    on: {
      read: (call) => {
        const policy = entryOf(call.vault.content.passwordPolicies, nameOf(call));
        return policy === undefined ? refused(404, together(['policy does not exist'])) : found({ policy });
      },
      update: (call, { policy }) => write(call, policy),
      delete: (call) => {
        delete call.vault.content.passwordPolicies[nameOf(call)];
        call.vault.changed();
        return done;
      },
    },
  }),
];
