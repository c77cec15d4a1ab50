import { readFile, writeFile } from 'node:fs/promises';
import type { Plan } from '../engine/change.ts';
import { readSavedPlan, savedPlanText } from '../engine/saved.ts';
import { LabError } from '../errors.ts';
import { diskFailure } from '../secrets/disk-failure.ts';

/** Reads a plan that `lab plan --out` wrote. Throws BAD_MANIFEST or STALE. */
export const readPlanFile = async (path: string): Promise<Plan> =>
  readSavedPlan(await onPlanFile('read', path, () => readFile(path, 'utf8')));

/** Saves a plan. It holds no secret. */
export const writePlanFile = (path: string, plan: Plan): Promise<void> =>
  onPlanFile('write', path, () => writeFile(path, savedPlanText(plan)));

const onPlanFile = async <Result>(act: string, path: string, work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work();
  } catch (error) {
    const failure = diskFailure(error);
    if (failure === undefined) throw error;
    throw new LabError('BAD_MANIFEST', `cannot ${act} the plan file ${path}: ${failure.reason}`);
  }
};
