import { z } from 'zod';
import { duration } from '../../engine/fields.ts';

/** What every mount and every auth method can say. */
export const tuning = {
  description: z.string().optional(),
  defaultLeaseTtl: duration().optional(),
  maxLeaseTtl: duration().optional(),
};
