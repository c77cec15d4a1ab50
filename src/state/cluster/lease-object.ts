import type { KubeObject } from '../../engine/ports.ts';
import { parseJson } from '../decode.ts';
import { type Claim, isClaim } from '../holder.ts';
import { type ClusterPlace, labelsOf, leaseRef } from './place.ts';

// A Lease as `kubectl get leases` and leader elections know it, with the whole claim in an annotation.
// https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/lease-v1/
const holderAnnotation = 'k8s-lab.dev/holder';
const returnedAnnotation = 'k8s-lab.dev/returned';

/** What a Lease says. */
export interface LeaseState {
  /** undefined: nobody holds it. */
  readonly holder: Claim | undefined;
  /** How often it was taken. */
  readonly transitions: number;
  /** Whether the last holder gave it back itself, with nothing of its own under way any more. */
  readonly returned: boolean;
  /** When it was last renewed by the holder's clock, and how long it counts after that; milliseconds. */
  readonly renewed: number;
  readonly countsFor: number;
}

/** Reads a Lease. */
export const leaseState = ({ metadata, ...object }: KubeObject): LeaseState => {
  const spec = membersOf(object['spec']);
  const { holderIdentity, leaseTransitions, renewTime, leaseDurationSeconds, acquireTime } = spec;
  const annotations = metadata.annotations ?? {};
  const parsed = parseJson(annotations[holderAnnotation] ?? '');
  const claim: unknown = parsed.ok ? parsed.value : undefined;
  // Who took the annotation away did not take the lock away.
  const unknown = (who: string): Claim => ({
    id: who.split(' ').at(-1) ?? who,
    operation: 'unknown',
    who,
    pid: 0,
    host: 'unknown',
    since: String(acquireTime),
  });
  const isHeld = typeof holderIdentity === 'string' && holderIdentity !== '';
  return {
    holder: isHeld ? (isClaim(claim) ? claim : unknown(holderIdentity)) : undefined,
    transitions: typeof leaseTransitions === 'number' ? leaseTransitions : 0,
    returned: annotations[returnedAnnotation] === 'true',
    renewed: typeof renewTime === 'string' ? Date.parse(renewTime) : 0,
    countsFor: typeof leaseDurationSeconds === 'number' ? leaseDurationSeconds * 1000 : 0,
  };
};

/** A Lease that nobody holds, as a start for withHolder. */
export const newLease = (place: ClusterPlace): KubeObject => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: leaseRef(place).name, namespace: place.namespace, labels: labelsOf(place) },
  spec: {},
});

/** The Lease in the hands of a new holder. */
export const withHolder = (lease: KubeObject, claim: Claim, transitions: number, countsFor: number): KubeObject => ({
  ...lease,
  metadata: annotated(lease, { [holderAnnotation]: JSON.stringify(claim) }),
  spec: {
    holderIdentity: `${claim.who}@${claim.host} ${claim.operation} ${claim.id}`,
    leaseDurationSeconds: Math.ceil(countsFor / 1000),
    acquireTime: microTime(new Date(claim.since)),
    renewTime: microTime(new Date()),
    leaseTransitions: transitions,
  },
});

/** The Lease renewed by its holder. */
export const renewedLease = (lease: KubeObject): KubeObject => ({
  ...lease,
  spec: { ...membersOf(lease['spec']), renewTime: microTime(new Date()) },
});

/** The Lease without a holder. `returned`: by the holder itself, which left nothing behind. */
export const withoutHolder = (lease: KubeObject, transitions: number, returned: boolean): KubeObject => ({
  ...lease,
  metadata: annotated(lease, returned ? { [returnedAnnotation]: 'true' } : {}),
  spec: { leaseTransitions: transitions },
});

const annotated = ({ metadata }: KubeObject, own: Readonly<Record<string, string>>): KubeObject['metadata'] => {
  const { [holderAnnotation]: _holder, [returnedAnnotation]: _returned, ...others } = metadata.annotations ?? {};
  return { ...metadata, annotations: { ...others, ...own } };
};

// The API server takes exactly six digits.
const microTime = (time: Date): string => time.toISOString().replace(/Z$/, '000Z');

const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
