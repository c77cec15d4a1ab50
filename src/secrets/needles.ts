const encodings = ['base64', 'base64url'] as const;

/**
 * Every text form in which a value may turn up in an output: raw, each line of at least 8 characters, JSON- and
 * URL-escaped, hex, and base64 wherever it stands in the encoded bytes. Redaction hides them, byte scans look for them.
 */
export const needles = (value: string): readonly string[] => {
  // Lone surrogates become U+FFFD on the wire, too.
  const text = value.toWellFormed();
  // A file's last newline is part of its value, but many a tool drops it.
  return [...new Set([text, text.trim()].flatMap(forms))].filter((needle) => needle !== '');
};

const forms = (text: string): readonly string[] => {
  const bytes = Buffer.from(text);
  return [text, ...lines(text), ...jsonForms(text), ...urlForms(text), ...hexForms(bytes), ...base64Forms(bytes)];
};

/** Frames of PEM blocks stand in public certificates as well. */
const lines = (text: string): readonly string[] =>
  text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line.length >= 8 && !/^-----(BEGIN|END) [A-Z0-9 ]+-----$/.test(line))
    .flatMap((line) => [line, ...jsonForms(line)]);

const unicodeEscape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** As JavaScript writes it, and as Go does, which escapes what is special in HTML. */
const jsonForms = (text: string): readonly string[] => {
  const plain = JSON.stringify(text).slice(1, -1);
  return [plain, plain.replaceAll(/[<>&\u2028\u2029]/g, unicodeEscape)];
};

/** As part of a URL and as a form's field, with either case of hex digits. */
const urlForms = (text: string): readonly string[] =>
  [encodeURIComponent(text), new URLSearchParams([['', text]]).toString().slice(1)].flatMap((form) => [
    form,
    form.replaceAll(/%[0-9A-F]{2}/g, (escaped) => escaped.toLowerCase()),
  ]);

const hexForms = (bytes: Buffer): readonly string[] => {
  const hex = bytes.toString('hex');
  return [hex, hex.toUpperCase()];
};

/**
 * A character of base64 holds 6 bits, so what stands before a value shifts it in three ways. Of each, only the
 * characters are kept that hold nothing of what stands before or behind.
 */
const base64Forms = (bytes: Buffer): readonly string[] =>
  [0, 1, 2].flatMap((before) => {
    const shifted = Buffer.concat([Buffer.alloc(before), bytes]);
    const [first, end] = [Math.ceil((before * 8) / 6), Math.floor((shifted.length * 8) / 6)];
    return encodings.map((encoding) => shifted.toString(encoding).slice(first, end));
  });
