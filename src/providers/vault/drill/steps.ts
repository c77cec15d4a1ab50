import { LabError } from '../../../errors.ts';

/** One line of the checklist. */
export interface DrillStep {
  readonly step: string;
  readonly is: 'done' | 'failed' | 'not tried';
  /** What was seen, or why not. */
  readonly detail: string;
  readonly next?: string;
}

/** What a step came to: something for the steps after it, and what to tell. */
export interface Done<T> {
  readonly value: T;
  readonly detail: string;
}

/** The checklist while it is worked off: after a step that failed nothing else is tried. */
export interface Checklist {
  /** Throws what the work threw; a LabError is noted as the step's failure first. */
  run<T>(step: string, work: () => Promise<Done<T>>): Promise<T>;
  note(step: DrillStep): void;
  /** Whether it ended in a step that failed. */
  failed(): boolean;
  readonly steps: readonly DrillStep[];
}

export const openChecklist = (say: (line: string) => void): Checklist => {
  const steps: DrillStep[] = [];
  return {
    steps,
    note: (step) => steps.push(step),
    failed: () => steps.some(({ is }) => is === 'failed'),
    run: async (step, work) => {
      try {
        const { value, detail } = await work();
        steps.push({ step, is: 'done', detail });
        say(`${step}: ${detail}`);
        return value;
      } catch (error) {
        if (error instanceof LabError && error.code !== 'CANCELLED') {
          const next = error.detail.next === undefined ? {} : { next: error.detail.next };
          steps.push({ step, is: 'failed', detail: error.message, ...next });
        }
        throw error;
      }
    },
  };
};
