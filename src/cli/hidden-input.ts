import type { Readable } from 'node:stream';

/** A terminal to ask at. */
export interface Terminal {
  readonly input: Readable & { setRawMode(mode: boolean): unknown };
  readonly write: (text: string) => void;
  /** Ctrl-C at the question. */
  readonly interrupt: () => void;
}

const [ctrlC, ctrlD, backspace, newline, enter, space, erase] = [3, 4, 8, 10, 13, 32, 127];

/** One line that the terminal does not show, as bytes that its reader wipes; undefined if it was broken off. */
export const readHidden = (question: string, { input, write, interrupt }: Terminal): Promise<Buffer | undefined> =>
  new Promise((resolve) => {
    const line = Buffer.alloc(4096);
    let length = 0;
    const end = (typed: Buffer | undefined, rest: Buffer): void => {
      input.off('data', take);
      input.off('end', broken);
      input.setRawMode(false);
      input.pause();
      // More lines may have been pasted at once.
      if (rest.length > 0) input.unshift(rest);
      line.fill(0);
      write('\n');
      resolve(typed);
    };
    const broken = (): void => end(undefined, Buffer.alloc(0));
    const take = (bytes: Buffer): void => {
      for (const [index, byte] of bytes.entries()) {
        const rest = Buffer.from(bytes.subarray(index + 1));
        if (byte === newline || byte === enter) {
          bytes.fill(0);
          end(Buffer.from(line.subarray(0, length)), rest);
          return;
        }
        if (byte === ctrlC || byte === ctrlD) {
          end(undefined, Buffer.alloc(0));
          if (byte === ctrlC) interrupt();
          return;
        }
        if (byte === backspace || byte === erase) length = Math.max(0, length - 1);
        else if (length < line.length && byte >= space) line[length++] = byte;
      }
      bytes.fill(0);
    };
    write(question);
    input.setRawMode(true);
    input.on('data', take);
    input.on('end', broken);
    input.resume();
  });
