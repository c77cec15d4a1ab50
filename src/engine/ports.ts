import type { Duplex } from 'node:stream';
import type { Secret } from '../secrets/secret.ts';
import type { Json } from './value.ts';

/** A Kubernetes object as it is on the wire. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

/** The metadata fields that lab reads. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** Which object: the group and kind, not the version; the served version is discovered. */
export interface ObjectRef {
  /** '' for the core group. */
  readonly group: string;
  readonly kind: string;
  /** Absent for cluster-scoped objects. */
  readonly namespace?: string;
  readonly name: string;
}

/** What get() would answer. */
export interface LookedUp {
  readonly object: KubeObject | undefined;
}

/** Objects of the Kubernetes API, for providers whose resources live there. Offered by the kubernetes provider. */
export interface ObjectApi {
  /** The versions that the server serves for this kind, its preferred one first; [] if it does not know the kind. */
  versions(group: string, kind: string): Promise<readonly string[]>;
  /** undefined if it is not there. Throws DENIED, UNREACHABLE, … */
  get(ref: ObjectRef, version?: string): Promise<KubeObject | undefined>;
  list(ref: Omit<ObjectRef, 'name'>): Promise<readonly KubeObject[]>;
  /** What lists tell of many objects of one kind; undefined where a list is refused or costs more than it saves. */
  lookUp(refs: readonly ObjectRef[], version?: string): Promise<readonly (LookedUp | undefined)[]>;
  /**
   * Server-side apply as field manager `lab`. CONFLICT names the other manager, unless the user said to take over;
   * MOVED if resourceVersion in the body is stale.
   */
  apply(object: KubeObject, takeOver: boolean): Promise<KubeObject>;
  /** JSON merge patch of what is not lab's to own for long (force-sync annotations). */
  merge(ref: ObjectRef, patch: Json): Promise<KubeObject>;
  /** Foreground delete, with the uid as precondition; returns when the object is gone. Absent already is success. */
  remove(ref: ObjectRef): Promise<void>;
}

/** What came of making an object: made, or the name is taken, or there is no such namespace. */
export type Made =
  | { readonly is: 'made'; readonly object: KubeObject }
  | { readonly is: 'taken' }
  | { readonly is: 'homeless' };

/**
 * The objects in which lab keeps what is its own: Secrets of two types, Leases, their namespace. Each write is made for one
 * version of one object, or for none. Goes on while a run is aborted, as what is under way must be written down. Offered
 * by the kubernetes provider; every method throws DENIED, UNREACHABLE, …
 */
export interface OwnObjects {
  /** undefined if it is not there. Throws BAD_STATE for a Secret of a type that is not lab's: its data is none of lab's. */
  get(ref: ObjectRef): Promise<KubeObject | undefined>;
  /** Names, labels and versions of the Secrets with these labels; no data. */
  list(namespace: string, labels: Readonly<Record<string, string>>): Promise<readonly ObjectMeta[]>;
  /** Makes an object that is not there. */
  create(object: KubeObject): Promise<Made>;
  /** Replaces the version that its metadata.resourceVersion names; undefined if that is not the present one. */
  replace(object: KubeObject): Promise<KubeObject | undefined>;
  /** Deletes an object. Absent already is success. */
  remove(ref: ObjectRef): Promise<void>;
}

/** The type of the Secrets in which lab keeps state. */
export const ownSecretType = 'k8s-lab.dev/state';

/** The type of the Secret in which lab keeps the key of its fingerprints. */
export const keySecretType = 'k8s-lab.dev/fingerprint-key';

/** Tokens of the cluster's service accounts, for logins elsewhere. */
export interface TokenIssuer {
  token(serviceAccount: { namespace: string; name: string }, audiences: readonly string[]): Promise<Secret>;
}

/** A host and port of the cluster's own network, by its DNS: `vault.vault`, `vault-0.vault.vault.svc`. */
export interface ClusterAddress {
  readonly host: string;
  readonly port: number;
}

/** Connections into a cluster's network, which its API server hands on. Offered by the kubernetes provider. */
export interface Tunnel {
  /** What it goes through, for people: `the API server of cluster kind-lab`. */
  readonly through: string;
  /** One address a pod behind a Service, in order; [] while there is none. Throws DENIED, UNREACHABLE, … */
  members(service: ClusterAddress): Promise<readonly ClusterAddress[]>;
  /** Names of the pods behind a Service that are still to come, as their StatefulSet has it; [] where that cannot be told. */
  owed(service: ClusterAddress): Promise<readonly string[]>;
  /**
   * A connection to what an address names; of a Service, to a pod that is ready, if one is. Throws UNREACHABLE while
   * there is no pod, DENIED, …; later it ends with an error whose `code` is ECONNREFUSED where nothing listens.
   */
  dial(address: ClusterAddress): Promise<Duplex>;
}

/** Small values in one place, each written once and never overwritten: what an escrow is made of. */
export interface Keeper {
  /** For people: which place, and as whom. */
  describe(): Promise<string>;
  /**
   * What is kept under the name, the oldest first; [] if nothing. More than one only where the place cannot refuse a
   * second one and two runs wrote at once.
   */
  read(name: string): Promise<readonly Secret[]>;
  /** Keeps a value under a name that is free; false if it is taken. */
  create(name: string, value: Secret): Promise<boolean>;
  /** Absent already is success. */
  remove(name: string): Promise<void>;
  /** Asks for a value as a service account of the cluster, by the login that it has here. The value is forgotten. */
  trespass(name: string, account: { readonly namespace: string; readonly name: string }): Promise<Trespass>;
}

/** What lies in a mailbox, as far as it can be told without its value. */
export interface Letter {
  /** What lab called it when it put it there; undefined for what lab did not put there. */
  readonly id?: string;
  /** Whether somebody else wrote there since, or lab's own write got no further than half. */
  readonly moved: boolean;
  /** The ownership mark that it carries. */
  readonly mark?: string;
}

/** A place for one value at a time that is made once and answered once; each has an id, which is no secret. */
export interface Mailbox {
  /** Which place it is, the same from wherever it is looked at: `kubernetes/UID/ci/approle`. */
  where(): Promise<string>;
  look(): Promise<Letter | undefined>;
  /** Puts a value in place of the one that lab put there before. Throws CONFLICT where somebody else's lies there. */
  put(
    value: Secret,
    letter: { readonly id: string; readonly mark?: string; readonly takeOver?: boolean },
  ): Promise<void>;
  /** The value that lies there; undefined if none does. */
  value(): Promise<Secret | undefined>;
  /** Removes what lab put there. Absent already is success. */
  remove(): Promise<void>;
}

/** What somebody else got who asked for what is kept: `allowed` is who would get it, were it there. */
export type Trespass =
  | { readonly is: 'refused' | 'allowed'; readonly found: string }
  /** Who could not even ask. */
  | { readonly is: 'untried'; readonly because: string };

/** A cluster that a cloud runs: where its API server is, and how lab comes in as who it is in that cloud. */
export interface ManagedCluster {
  /** For people: `AKS lab in illm-k8s-aks`. */
  readonly name: string;
  /** `https://host[:port]` */
  readonly server: string;
  /** PEM text of the authority that signs its certificate. */
  readonly ca: string;
  /** Who the cloud says signs the tokens of its service accounts; undefined where others cannot check these. */
  readonly issuer: string | undefined;
  /** Short-lived; a new one each time it is asked for. */
  login(): Promise<ClusterLogin>;
}

/** How a request says who sends it. */
export type ClusterLogin =
  | { readonly by: 'token'; readonly token: Secret }
  | { readonly by: 'certificate'; readonly certificate: string; readonly key: Secret };

/** Clusters of Azure. Throws REJECTED for one that is not there. */
export interface AksClusters {
  find(place: { readonly resourceGroup: string; readonly name: string }): Promise<ManagedCluster>;
}

/** Clusters of AWS. Throws REJECTED for one that is not there. */
export interface EksClusters {
  find(place: { readonly region: string; readonly name: string }): Promise<ManagedCluster>;
}

/** Small capabilities that one provider offers and another needs; the only way from one to the other. */
export interface Ports {
  readonly objects: () => Promise<ObjectApi>;
  readonly tokens: () => Promise<TokenIssuer>;
  readonly tunnel: () => Promise<Tunnel>;
  readonly aks: () => Promise<AksClusters>;
  readonly eks: () => Promise<EksClusters>;
  /** A keeper of the provider that is named; `place` is a namespace, a key vault, a region. */
  readonly keeper: (provider: string, place: string) => Promise<Keeper>;
  /** A secret of the provider that is named, in such a place, as a mailbox. */
  readonly mailbox: (provider: string, place: string, name: string) => Promise<Mailbox>;
}

/** Ports that one provider alone offers. */
export type OnlyPort = Exclude<keyof Ports, 'keeper' | 'mailbox'>;

/** What a connection offers to the others. */
export interface Offers {
  readonly objects?: ObjectApi;
  readonly ownObjects?: OwnObjects;
  readonly tokens?: TokenIssuer;
  readonly tunnel?: Tunnel;
  readonly keeper?: (place: string) => Keeper;
  readonly mailbox?: (place: string, name: string) => Mailbox;
  readonly aks?: AksClusters;
  readonly eks?: EksClusters;
}
