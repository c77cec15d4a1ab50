import { needles } from './needles.ts';
import { reveal, type Secret } from './secret.ts';

/** The second net behind the Secret type: hides registered values in any text that goes out. */
export interface Redactor {
  /** Registers a value. Below 6 characters it is left out: hiding it would hide words and numbers of every text. */
  add(secret: Secret): void;
  redact(text: string): string;
}

/** No needle of a registered value is shorter, so its first characters can be looked up in one step. */
const shortest = 6;

/** Hides nothing: with it, tests see whether the first net alone, the Secret type, lets anything through. */
export const noRedactor: Redactor = { add: () => {}, redact: (text) => text };

/** A redactor without values. Its time grows with the text and hardly with the number of values. */
export const redactor = (): Redactor => {
  // First characters → length → needles: values often begin alike, but they have few lengths.
  const byStem = new Map<string, Map<number, Set<string>>>();
  const lengthAt = (text: string, index: number): number => {
    let longest = 0;
    for (const [length, alike] of byStem.get(text.slice(index, index + shortest)) ?? []) {
      if (length > longest && alike.has(text.slice(index, index + length))) longest = length;
    }
    return longest;
  };
  const learn = (needle: string): void => {
    const stem = needle.slice(0, shortest);
    const byLength = byStem.get(stem) ?? new Map<number, Set<string>>();
    const alike = byLength.get(needle.length) ?? new Set<string>();
    byStem.set(stem, byLength.set(needle.length, alike.add(needle)));
  };
  return {
    add: (wrapped) => {
      const value = reveal(wrapped);
      if (value.trim().length >= shortest) needles(value).forEach(learn);
    },
    redact: (text) => {
      let shown = '';
      let hiddenTo = 0;
      // Every position is tried, also inside a find: values may overlap.
      for (let index = 0; index < text.length; index++) {
        const length = lengthAt(text, index);
        if (length === 0) continue;
        if (index >= hiddenTo) shown += `${text.slice(hiddenTo, index)}(secret)`;
        hiddenTo = Math.max(hiddenTo, index + length);
      }
      return shown + text.slice(hiddenTo);
    },
  };
};
