import { createHash } from 'node:crypto';
import { LabError } from '../errors.ts';
import { reveal, type Secret } from '../secrets/secret.ts';
import { valueAt } from './judge.ts';
import { formatPath } from './path.ts';
import type { Letter, Mailbox } from './ports.ts';
import type { BoundKind, Live } from './resource.ts';
import { type Fields, isLiveSecret } from './value.ts';

/** A secret of a provider that can be a mailbox. */
export interface MailboxOptions {
  readonly provider: string;
  readonly scope: () => Promise<string>;
  /** Which secret of the kind. */
  readonly id: readonly string[];
  /** The field that holds its value. */
  readonly field: readonly string[];
}

// Random values of 122 bits and more are put here: nobody finds them by their digest.
const digestOf = (value: Secret): string => createHash('sha256').update(reveal(value)).digest('base64url');

const holding = (field: readonly string[], value: Secret): Fields => {
  const [first = '', ...deeper] = field;
  return { [first]: deeper.length === 0 ? value : holding(deeper, value) };
};

const form = /^v1:letter:([^:]+):([^:]+)$/;

/**
 * A mailbox over a kind that holds one secret. The letter's id stands where the kind keeps its fingerprints, so that it is
 * written, and found moved, as those are.
 */
export const openMailbox = (kind: BoundKind, { provider, scope, id, field }: MailboxOptions): Mailbox => {
  const see = (): Promise<Live> => kind.read(id, {});

  const valueIn = (live: Live) => {
    const found = live.exists === 'yes' ? valueAt(live.spec, field) : undefined;
    return isLiveSecret(found) ? found : undefined;
  };

  const letterIn = (live: Live): Letter | undefined => {
    if (live.exists === 'unknown') throw new LabError('UNREACHABLE', live.because);
    if (live.exists === 'no') return undefined;
    const found = valueIn(live);
    const [, name, digest] = form.exec(found?.fingerprint ?? '') ?? [];
    const isOther = found?.value === undefined ? /^0+$/.test(digest ?? '') : digestOf(found.value) !== digest;
    return {
      ...(name === undefined ? {} : { id: name }),
      moved: found === undefined || found.moved === true || isOther,
      ...(live.mark === undefined ? {} : { mark: live.mark }),
    };
  };

  const refuseForeign = (letter: Letter | undefined): void => {
    if (letter === undefined || letter.id !== undefined) return;
    throw new LabError('CONFLICT', `${provider} ${id.join('/')} is there, and lab did not put there what it holds`, {
      next: 'Name another place for it, or move that one away.',
    });
  };

  return {
    where: async () => [provider, await scope(), ...id].join('/'),
    look: async () => letterIn(await see()),
    put: async (value, letter) => {
      const live = await see();
      refuseForeign(letterIn(live));
      const fingerprints = { [formatPath(field)]: `v1:letter:${letter.id}:${digestOf(value)}` };
      const { id: _, ...circumstances } = letter;
      await kind.write({ id, spec: holding(field, value), live, ...circumstances, fingerprints, removed: [] });
    },
    value: async () => kind.value?.(id, field.length === 1 ? undefined : field.at(-1)),
    remove: async () => {
      if (letterIn(await see())?.id !== undefined) await kind.remove(id);
    },
  };
};
