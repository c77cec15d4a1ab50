import { LabError } from '../errors.ts';
import type { Assessment } from './assess.ts';
import type { Change, Diagnostic } from './change.ts';

/** What failed, each cause once: a server that does not answer or takes no login is one error, not one for each object behind it. */
export const errorsOf = (assessed: ReadonlyMap<string, Assessment>, changes: readonly Change[]): Diagnostic[] => {
  const byCause = new Map<string, Diagnostic>();
  const add = (diagnostic: Diagnostic) => {
    const key = causeOf(diagnostic);
    if (!byCause.has(key)) byCause.set(key, diagnostic);
  };
  for (const change of changes) {
    const found = assessed.get(change.address);
    if (found?.is === 'refused' && change.standing.is === 'blocked') add(toDiagnostic(found.error, change));
    else if (change.standing.is === 'blocked' && change.standing.root) {
      add(toDiagnostic(new LabError('CONFLICT', change.standing.because), change));
    }
  }
  return [...byCause.values()];
};

/** Equal for what failed for one cause. */
export const causeOf = ({ code, message }: Diagnostic): string => `${code} ${message}`;

/** A LabError as a diagnostic about one change. */
export const toDiagnostic = (error: LabError, change: Pick<Change, 'address' | 'origin'>): Diagnostic => {
  const at = error.detail.at ?? (change.origin && `${change.origin.file}:${change.origin.line}:${change.origin.col}`);
  return {
    severity: 'error',
    code: error.code,
    message: error.message,
    address: error.detail.address ?? change.address,
    ...(at === undefined ? {} : { at }),
    ...(error.detail.next === undefined ? {} : { next: error.detail.next }),
  };
};
