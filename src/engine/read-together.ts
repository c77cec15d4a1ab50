import type { BoundKind, Live } from './resource.ts';
import type { Fields } from './value.ts';

/** From here on one list is cheaper than reading each. */
const worthwhile = 10;

interface Waiting {
  readonly id: readonly string[];
  readonly spec: Fields;
  readonly tell: (live: Promise<Live>) => void;
}

/** Reads one object, within the bound of its provider. */
export type Read = (name: string, kind: BoundKind, id: readonly string[], spec: Fields) => Promise<Live>;

/** Reads that are asked for in the same turn of the event loop go out together where the kind can list them. */
export const readTogether = (bounded: <T>(name: string, call: () => Promise<T>) => Promise<T>): Read => {
  const waiting = new Map<string, Waiting[]>();

  const flush = async (name: string, kind: BoundKind): Promise<void> => {
    const asked = waiting.get(name) ?? [];
    waiting.delete(name);
    const alone = ({ id, spec, tell }: Waiting) => tell(bounded(name, () => kind.read(id, spec)));
    const { readMany } = kind;
    if (readMany === undefined || asked.length < worthwhile) return asked.forEach(alone);
    try {
      const told = await bounded(name, () => readMany(asked));
      asked.forEach((one, index) => {
        const live = told[index];
        if (live === undefined) alone(one);
        else one.tell(Promise.resolve(live));
      });
    } catch (error) {
      for (const { tell } of asked) tell(Promise.reject(error));
    }
  };

  return (name, kind, id, spec) => {
    if (kind.readMany === undefined) return bounded(name, () => kind.read(id, spec));
    return new Promise((tell) => {
      const together = waiting.get(name) ?? [];
      if (together.length === 0) setImmediate(() => void flush(name, kind));
      together.push({ id, spec, tell });
      waiting.set(name, together);
    });
  };
};
