import { z } from 'zod';
import type { KubeObject } from '../../engine/ports.ts';

/** What External Secrets says of an object. Nothing in it tells which generation it is about. */
export interface Condition {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
}

const schema = z.object({
  conditions: z.array(
    z.object({
      type: z.string(),
      status: z.string(),
      reason: z.string().default(''),
      message: z.string().default(''),
      lastTransitionTime: z.string().default(''),
    }),
  ),
});

/** The condition Ready, or undefined as long as External Secrets has not looked at the object. */
export const readyCondition = (object: KubeObject): Condition | undefined => {
  const status = schema.safeParse(object['status']);
  return status.success ? status.data.conditions.find(({ type }) => type === 'Ready') : undefined;
};

/** Whether nothing of a condition has changed. */
export const sameCondition = (one: Condition | undefined, other: Condition | undefined): boolean =>
  one?.status === other?.status &&
  one?.reason === other?.reason &&
  one?.message === other?.message &&
  one?.lastTransitionTime === other?.lastTransitionTime;
