import { failureIn as refusalIn } from '../kubernetes/refusal.ts';
import type { SandboxKubernetes } from '../kubernetes/start.ts';
import { type Failure, failureIn } from './failure.ts';

/** What the operator needs of a cluster. In it the operator acts in the process, as an administrator. */
export type Cluster = Pick<SandboxKubernetes, 'objects' | 'requestToken' | 'url'>;

/** Whether a write was refused because somebody else was faster: the object has changed, or is gone. */
export const isRace = (error: unknown): boolean => [404, 409].includes(refusalIn(error)?.code ?? 0);

/** The failure of a step: its own, or that the cluster did not take what was written. Undefined for races and bugs. */
export const failureOf = (error: unknown): Failure | undefined => {
  const refusal = isRace(error) ? undefined : refusalIn(error);
  return failureIn(error) ?? (refusal === undefined ? undefined : { kind: 'failed', message: refusal.message });
};
