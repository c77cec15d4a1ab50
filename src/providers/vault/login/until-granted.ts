import type { BoundKind } from '../../../engine/resource.ts';
import { LabError } from '../../../errors.ts';

/**
 * What is new in the manifest may not be looked at while lab's own policy, which is computed from the manifest, has not
 * been written yet. The error says so, and the engine waits for the policy instead of failing.
 */
export const untilGranted = (kind: BoundKind, policy: string): BoundKind => {
  const { value } = kind;
  return {
    ...kind,
    read: (id, spec) => orUntil(policy, kind.read(id, spec)),
    ...(value === undefined ? {} : { value: (id, property) => orUntil(policy, value(id, property)) }),
  };
};

const orUntil = async <Answer>(policy: string, asked: Promise<Answer>): Promise<Answer> => {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof LabError) || error.code !== 'DENIED') throw error;
    throw new LabError('DENIED', error.message, { ...error.detail, until: policy });
  }
};
