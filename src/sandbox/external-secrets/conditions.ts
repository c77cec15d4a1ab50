import { elementsOf, type JsonMap, membersOf, textOf } from '../kubernetes/json.ts';
import type { KubeObject } from '../kubernetes/object.ts';

/** One line of an object's status. */
export interface Condition extends JsonMap {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
}

/** Now, as Kubernetes writes times: to the second. */
export const now = (): string => new Date().toISOString().replace(/\.\d+Z$/, 'Z');

/** What a condition of a type says. */
export const conditionOf = (
  object: KubeObject,
  type: string,
): { status: string; reason: string; message: string; lastTransitionTime: string } | undefined => {
  const found = elementsOf(membersOf(object['status'])['conditions'])
    .map(membersOf)
    .find((condition) => condition['type'] === type);
  if (found === undefined) return undefined;
  const text = (field: string): string => textOf(found[field]) ?? '';
  return {
    status: text('status'),
    reason: text('reason'),
    message: text('message'),
    lastTransitionTime: text('lastTransitionTime'),
  };
};

/** The Ready condition as it is to be; its time moves only with its status. */
export const readyCondition = (
  object: KubeObject,
  status: Condition['status'],
  reason: string,
  message: string,
): Condition => {
  const before = conditionOf(object, 'Ready');
  const lastTransitionTime = before?.status === status ? before.lastTransitionTime : now();
  return { type: 'Ready', status, reason, message, lastTransitionTime };
};
