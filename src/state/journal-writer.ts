/** An open journal. */
export interface JournalWriter {
  /** Returns when the line is durable. After one failure nothing more is taken: a torn line may stand at the end. */
  append(line: string): Promise<void>;
  /** Waits for what is being written. */
  close(): Promise<void>;
}

/** A journal that makes many lines durable at once: those that arrive while a group is being written form the next one. */
export const groupingWriter = (
  write: (lines: readonly string[]) => Promise<void>,
  end: () => Promise<void>,
): JournalWriter => {
  let lines: string[] = [];
  let gathering: Promise<void> | undefined;
  let writing = Promise.resolve();

  const writeGroup = async (): Promise<void> => {
    const group = lines;
    lines = [];
    gathering = undefined;
    await write(group);
  };

  return {
    append: (line) => {
      lines.push(line);
      gathering ??= writing.then(writeGroup);
      writing = gathering;
      return gathering;
    },
    close: async () => {
      // Whoever appended was told.
      await writing.catch(() => {});
      await end();
    },
  };
};
