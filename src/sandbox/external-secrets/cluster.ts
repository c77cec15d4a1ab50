import { failureIn } from '../kubernetes/refusal.ts';
import type { SandboxKubernetes } from '../kubernetes/start.ts';

/** What the operator needs of a cluster. In it the operator acts in the process, as an administrator. */
export type Cluster = Pick<SandboxKubernetes, 'objects' | 'requestToken' | 'url'>;

/** Whether a write was refused because somebody else was faster: the object has changed, or is gone. */
export const isRace = (error: unknown): boolean => [404, 409].includes(failureIn(error)?.code ?? 0);
