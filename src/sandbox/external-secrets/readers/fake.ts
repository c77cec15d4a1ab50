import { elementsOf, membersOf, textOf } from '../../kubernetes/json.ts';
import { fail, failAbsent } from '../failure.ts';
import { rawAt, rawMembers, textOfRaw } from '../json-text.ts';
import type { RemoteRef } from '../spec.ts';
import type { StoreProvider } from './reader.ts';

/** What the server keeps of a validation result, which is a number: 0 ready, 1 unknown, 2 error. */
const ready = 0;
const unknown = 1;

/** Values that stand in the store itself. */
export const fake: StoreProvider = {
  capabilities: 'ReadWrite',
  unmaintained: true,
  open: async (block) => {
    const valueOf = ({ key, version, property }: RemoteRef): string => {
      const entries = elementsOf(block['data']).map(membersOf);
      const entry = entries.findLast((one) => one['key'] === key && (textOf(one['version']) ?? '') === version);
      const value = textOf(entry?.['value']);
      if (value === undefined) return failAbsent();
      if (property === '') return value;
      const raw = rawAt(value, property);
      return raw === undefined ? failAbsent() : textOfRaw(raw);
    };
    return {
      validate: async () => {
        const result = block['validationResult'] ?? ready;
        if (result !== ready) fail('unable to validate', { kind: result === unknown ? 'unknown' : 'failed' });
      },
      read: async (ref) => Buffer.from(valueOf(ref)),
      readAll: async (ref) => {
        const members = rawMembers(valueOf(ref));
        if (members === undefined) return fail('unable to unmarshal secret: it is not a JSON object');
        return new Map(
          [...members].map(([key, raw]) => [key, Buffer.from(raw.startsWith('"') ? textOfRaw(raw) : raw)] as const),
        );
      },
    };
  },
};
