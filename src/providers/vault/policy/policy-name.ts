import { z } from 'zod';

/** The name of a policy, where something is given it. */
export const policyName = () => z.string().min(1, 'is empty; write the name of a policy');
