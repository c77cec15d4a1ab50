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

/** A redactor without values. Its time grows with the text, not with the number of values. */
export const redactor = (): Redactor => {
  const byStem = new Map<string, string[]>();
  const lengthAt = (text: string, index: number): number =>
    byStem.get(text.slice(index, index + shortest))?.find((needle) => text.startsWith(needle, index))?.length ?? 0;
  return {
    add: (wrapped) => {
      const value = reveal(wrapped);
      if (value.trim().length < shortest) return;
      for (const needle of needles(value)) {
        const stem = needle.slice(0, shortest);
        const known = byStem.get(stem) ?? [];
        if (known.includes(needle)) continue;
        byStem.set(
          stem,
          [...known, needle].toSorted((a, b) => b.length - a.length),
        );
      }
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
