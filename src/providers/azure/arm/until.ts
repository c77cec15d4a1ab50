import { pause } from '../../../engine/pause.ts';
import { LabError } from '../../../errors.ts';

/** Looks until something shows; throws NOT_SETTLED when it takes too long. `what`: `the deletion of the group lab`. */
export const untilShown = async <T>(
  what: string,
  { stopping, seconds = 90 }: { readonly stopping: AbortSignal; readonly seconds?: number },
  look: () => Promise<T | undefined>,
): Promise<T> => {
  const end = performance.now() + seconds * 1_000;
  for (let ms = 250; ; ms = Math.min(ms * 2, 5_000)) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) {
      throw new LabError('NOT_SETTLED', `${what} did not end within ${seconds} s`, {
        next: 'Run it again: Azure goes on by itself.',
      });
    }
    await pause(ms, stopping);
  }
};
