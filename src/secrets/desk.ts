import { LabError, writtenAt } from '../errors.ts';
import { type FingerprintKey, fingerprint, isMadeWith } from './fingerprint.ts';
import type { Redactor } from './redaction.ts';
import { resolveSource, type Surroundings } from './resolve.ts';
import type { Secret } from './secret.ts';
import { isLocal, type LocalSource, type Sourced } from './source.ts';

/** What a desk works with. */
export interface DeskSetup extends Surroundings {
  /** undefined: nothing can be recognised, as in a plan before the first apply. */
  readonly key: FingerprintKey | undefined;
  /** Learns every value that is resolved. */
  readonly redactor: Redactor;
}

/** Stands where a fingerprint would, if there is no key: equal for all values, and no key is known to have made it. */
const withoutKey = 'v1:none:';

/** The engine's SecretDesk, which finds nothing in stores, asks nobody and runs nothing, and `read` for sources outside of specs (logins). */
export const secretDesk = ({ env, folder, key, redactor }: DeskSetup) => {
  const read = async (source: LocalSource): Promise<Secret | undefined> => {
    const value = await resolveSource(source, { env, folder });
    if (value !== undefined) redactor.add(value);
    return value;
  };
  return {
    read,
    resolve: async (sourced: Sourced): Promise<Secret | undefined> => {
      const { source } = sourced;
      if (!isLocal(source)) return undefined;
      try {
        return await read(source);
      } catch (error) {
        throw error instanceof LabError ? writtenAt(error, sourced.at) : error;
      }
    },
    fingerprint: (installation: string, subject: string, field: string, value: Secret): string =>
      key === undefined ? withoutKey : fingerprint(key, { installation, subject, field }, value),
    knowsKey: (text: string): boolean => key !== undefined && isMadeWith(key, text),
  };
};
