import type { Diagnostic } from '../engine/change.ts';
import type { Origin } from '../engine/resource.ts';

/** Something wrong with the manifest. `origin` is absent for what was given on the command line. */
export interface Complaint {
  readonly is: 'complaint';
  readonly origin: Origin | undefined;
  /** One sentence: what was found, what was expected. Holds no value of a field that may be secret. */
  readonly text: string;
}

/** Something that is allowed and that whoever reads a plan should know. */
export interface Warning {
  readonly is: 'warning';
  /** For programs: `STATIC_CREDENTIAL`. */
  readonly code: string;
  readonly origin: Origin;
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
  inOrder(complaints).map(({ origin, text }) => ({
    severity: 'error',
    code: 'BAD_MANIFEST',
    message: origin === undefined || origin.path === '' ? text : `${origin.path}: ${text}`,
    ...(origin === undefined ? {} : { at: placeOf(origin) }),
  }));

/** Warnings the same way. */
export const toWarnings = (warnings: readonly Warning[]): Diagnostic[] =>
  inOrder(warnings).map(({ origin, code, text }) => ({
    severity: 'warning',
    code,
    message: `${origin.path}: ${text}`,
    at: placeOf(origin),
  }));

const inOrder = <Remark extends { readonly origin: Origin | undefined }>(remarks: readonly Remark[]): Remark[] =>
  remarks.toSorted(
    (a, b) => (a.origin?.line ?? 0) - (b.origin?.line ?? 0) || (a.origin?.col ?? 0) - (b.origin?.col ?? 0),
  );
