import { LabError } from '../errors.ts';

/** `provider.kind/PART/…/NAME` taken apart; parts are decoded. */
export interface AddressParts {
  readonly kind: string;
  readonly parts: readonly string[];
}

// Characters that a part may show as they are; everything else is URL-escaped, so that `/` and `#` keep their meaning.
const escapePart = (part: string): string => encodeURIComponent(part).replaceAll('%3A', ':').replaceAll('%40', '@');

/** The name for people and files: `vault.kv-secret/secret/crossplane%2Fazure`. */
export const address = (kind: string, ...parts: readonly string[]): string =>
  [kind, ...parts.map(escapePart)].join('/');

/** Takes an address apart. Throws BAD_MANIFEST on text that is none. */
export const parseAddress = (text: string): AddressParts => {
  const [kind = '', ...parts] = text.split('/');
  if (!/^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/.test(kind) || parts.length === 0 || parts.includes('')) {
    throw new LabError('BAD_MANIFEST', `"${text}" is not an address`, {
      next: 'An address is provider.kind/NAME or provider.kind/SCOPE/NAME, for example vault.policy/external-secrets.',
    });
  }
  return { kind, parts: parts.map(decodePart) };
};

const decodePart = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new LabError(
      'BAD_MANIFEST',
      `"${part}" is not a valid part of an address: "%" must be followed by two hex digits`,
    );
  }
};

/** The provider's name of a kind or an address: `vault` of `vault.policy/x`. */
export const providerOf = (kindOrAddress: string): string => kindOrAddress.slice(0, kindOrAddress.indexOf('.'));

/** Whether an address is meant by a --target or --exclude: itself, everything below it, or a whole kind or provider. */
export const isWithin = (candidate: string, pattern: string): boolean =>
  candidate === pattern || candidate.startsWith(`${pattern}/`) || candidate.startsWith(`${pattern}.`);
