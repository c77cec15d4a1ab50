import type { Diagnostic } from '../engine/change.ts';
import type { Origin } from '../engine/resource.ts';

/** Something wrong with the manifest. `origin` is absent for what was given on the command line. */
export interface Complaint {
  readonly is: 'complaint';
  readonly origin: Origin | undefined;
  /** One sentence: what was found, what was expected. Holds no value of a field that may be secret. */
  readonly text: string;
}

/** What a step of loading comes to: its result, or every complaint it has. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly complaints: readonly Complaint[] };

/** A complaint about one place in the manifest. */
export const complaint = (origin: Origin | undefined, text: string): Complaint => ({ is: 'complaint', origin, text });

/** A failed step. */
export const failed = (complaints: readonly Complaint[]): { ok: false; complaints: readonly Complaint[] } => ({
  ok: false,
  complaints,
});

/** The result, unless there are complaints. */
export const unless = <T>(complaints: readonly Complaint[], value: T): Checked<T> =>
  complaints.length === 0 ? { ok: true, value } : failed(complaints);

/** `lab.yaml:41:13` */
export const placeOf = (origin: Omit<Origin, 'path'>): string => `${origin.file}:${origin.line}:${origin.col}`;

/** Complaints as everybody reports them, in the order of the file. */
export const toDiagnostics = (complaints: readonly Complaint[]): Diagnostic[] =>
  complaints
    .toSorted((a, b) => (a.origin?.line ?? 0) - (b.origin?.line ?? 0) || (a.origin?.col ?? 0) - (b.origin?.col ?? 0))
    .map(({ origin, text }) => ({
      severity: 'error',
      code: 'BAD_MANIFEST',
      message: origin === undefined || origin.path === '' ? text : `${origin.path}: ${text}`,
      ...(origin === undefined ? {} : { at: placeOf(origin) }),
    }));
