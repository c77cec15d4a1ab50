import { z } from 'zod';
import { LabError } from '../../../errors.ts';
import { type Arm, answered } from './arm.ts';

const shape = z.object({ tenantId: z.string().optional(), state: z.string(), displayName: z.string().optional() });

/** `TENANT/SUBSCRIPTION`, once Azure says that they belong together and can be written to. Throws GUARD if not. */
export const subscriptionScope = async (arm: Arm): Promise<string> => {
  const { tenant, subscription } = arm;
  const { body } = await arm.rest({ method: 'GET', path: '', version: '2025-04-01' }, answered(shape));
  const { tenantId = tenant, state } = body;
  if (tenantId.toLowerCase() !== tenant) {
    throw new LabError('GUARD', `the subscription ${subscription} belongs to tenant ${tenantId}, not to ${tenant}`, {
      next: 'Check expect.azure: az account show has tenant and subscription.',
    });
  }
  if (state === 'Disabled' || state === 'Deleted') {
    throw new LabError('GUARD', `the subscription ${subscription} is ${state.toLowerCase()}`);
  }
  return `${tenant}/${subscription}`;
};
