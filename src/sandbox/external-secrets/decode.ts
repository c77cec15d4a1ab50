import { fail } from './failure.ts';

/** Decodes a value by an ExternalSecret's decoding strategy; Auto takes what cannot be decoded as it is. */
export const decode = (strategy: string, bytes: Uint8Array): Uint8Array => {
  const text = Buffer.from(bytes).toString('latin1');
  switch (strategy) {
    case 'Base64':
      return fromBase64(text, standard) ?? illegal(strategy, text, standard);
    case 'Base64URL':
      return fromBase64(text, url) ?? illegal(strategy, text, url);
    case 'Auto':
      return fromBase64(text, standard) ?? fromBase64(text, url) ?? bytes;
    default:
      return bytes;
  }
};

interface Alphabet {
  readonly name: 'base64' | 'base64url';
  /** What is no letter of it. */
  readonly other: RegExp;
}

const standard: Alphabet = { name: 'base64', other: /[^A-Za-z0-9+/]/ };
const url: Alphabet = { name: 'base64url', other: /[^A-Za-z0-9_-]/ };

/** Undefined where Go's decoder stumbles: padding is required, line breaks are passed over. */
const fromBase64 = (written: string, alphabet: Alphabet): Uint8Array | undefined => {
  const text = written.replace(/[\r\n]/g, '');
  return firstFault(text, alphabet) === undefined ? Buffer.from(text, alphabet.name) : undefined;
};

const firstFault = (text: string, { other }: Alphabet): number | undefined => {
  const end = text.replace(/={1,2}$/, '').length;
  const odd = text.slice(0, end).search(other);
  if (odd >= 0) return odd;
  if (text.length % 4 === 0) return undefined;
  return text.length === end ? text.length - (text.length % 4) : end;
};

const illegal = (strategy: string, text: string, alphabet: Alphabet): never =>
  fail(`error applying decoding strategy ${strategy} to data: ${faultText(text, alphabet) ?? ''}`);

const faultText = (text: string, alphabet: Alphabet): string | undefined => {
  const fault = firstFault(text, alphabet);
  return fault === undefined ? undefined : `illegal base64 data at input byte ${fault}`;
};

/** What is wrong with text that should be base64, as Go says it; undefined if nothing is. */
export const base64Fault = (text: string): string | undefined => faultText(text, standard);
