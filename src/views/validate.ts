import type { Diagnostic } from '../engine/change.ts';
import type { Document, Exit } from './document.ts';
import { counted } from './text.ts';

/** What checking a manifest without any network found. */
export interface Validation {
  readonly valid: boolean;
  readonly environments: readonly { readonly environment: string; readonly resources: number }[];
  readonly diagnostics: readonly Diagnostic[];
}

/** `lab validate --json` */
export interface ValidateDocument extends Document, Validation {}

/** The result as a JSON document. */
export const validateJson = (validation: Validation, exit: Exit): ValidateDocument => ({
  formatVersion: 1,
  exit,
  ...validation,
});

/** The result for people; the problems themselves go to stderr. */
export const validateText = ({ valid, environments, diagnostics }: Validation, next: string): string => {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  if (!valid) return `Not valid: ${counted(errors, 'problem')}.`;
  const each = environments.map(
    ({ environment, resources }) => `${counted(resources, 'resource')} in env ${environment}`,
  );
  return [`Valid: ${each.join(', ')}.`, next].join('\n');
};
