import type { z } from 'zod';
import type { Secret } from '../secrets/secret.ts';
import type { Finding } from './findings.ts';
import type { Link } from './link.ts';
import type { Recognised } from './recognised.ts';
import type { Fields } from './value.ts';

/** Where the user wrote it. */
export interface Origin {
  readonly file: string;
  readonly line: number;
  readonly col: number;
  /** The manifest path: `vault.policies.external-secrets`. */
  readonly path: string;
}

/**
 * owned: lab made it, or took it whole with --adopt. contributed: lab owns only the fields it states.
 * expected: read, never written.
 */
export type Ownership = 'owned' | 'contributed' | 'expected';

/** One thing that the manifest asks for. */
export interface Resource {
  readonly address: string;
  readonly kind: string;
  /** The parts of the address after the kind, decoded. */
  readonly parts: readonly string[];
  readonly spec: Fields;
  readonly ownership: Ownership;
  readonly dependsOn: readonly string[];
  readonly origin: Origin;
}

/** What read() found. Only a not-found is `no`; refused or unreachable is `unknown`, which never plans a create. */
export type Live =
  /** recoverable: what of it is still kept, as one sentence. recovers: write() takes that back instead of making a new one. */
  | { readonly exists: 'no'; readonly recoverable?: string; readonly recovers?: true }
  | {
      readonly exists: 'yes';
      /** In the spec's own words, with the kind's normal forms. May hold more fields than the desired spec. */
      readonly spec: Fields;
      readonly outputs: Fields;
      /** For the precondition of the next write: resourceVersion, KV version, ETag. */
      readonly version?: string;
      /** The ownership mark found on it, `name/environment/installation`. */
      readonly mark?: string;
      /** Fields that the server has in another form than lab writes, of the same meaning: told, and left. */
      readonly reformatted?: readonly string[];
    }
  | { readonly exists: 'unknown'; readonly because: string };

/** An object that is there, as a list of all tells it. */
export interface Present {
  readonly id: readonly string[];
  /** The ownership mark, where the list shows it. */
  readonly mark?: string;
}

/** Whether something written has taken effect. */
export type Settled =
  | { readonly state: 'done' }
  | { readonly state: 'waiting'; readonly because: string }
  | { readonly state: 'failed'; readonly because: string; readonly next?: string };

/** One end-to-end check. */
export type Probe =
  | { readonly is: 'proven'; readonly check: string }
  | {
      readonly is: 'failed';
      readonly check: string;
      readonly expected: string;
      readonly found: string;
      readonly next?: string;
    }
  /** It could not be tried from here. */
  | { readonly is: 'untried'; readonly check: string; readonly because: string };

/** One thing that a system must allow lab to do, in the system's own words. Vault: a capability. */
export interface Right {
  readonly action: string;
  /** Azure: a scope below the subscription, '' for the subscription. AWS: an ARN with {partition} and {account}, or *. Vault: a path. */
  readonly on: string;
  /** Azure: a data action. */
  readonly data?: true;
  /** lab goes on without it and says less: how many leases end. */
  readonly optional?: true;
}

/**
 * What the calls of a kind need. `apply` is what writing, changing and deleting need beyond `plan`, `settings` what more a
 * change takes in which its value stays, `verify` what its proof does, `value` what its value() does.
 */
export interface Rights {
  readonly plan: readonly Right[];
  readonly apply: readonly Right[];
  readonly settings?: readonly Right[];
  readonly verify?: readonly Right[];
  readonly value?: readonly Right[];
}

/** What the engine must know of one field. Keys of `Kind.fields` are paths; `*` stands for one segment. */
export interface FieldTraits {
  /** Its value is a Secret: compared by fingerprint, never shown. */
  readonly secret?: true;
  /** The server never answers it: known only from what was applied before. */
  readonly writeOnly?: true;
  /** Changing it means delete and create again. */
  readonly immutable?: true;
  /** Of an immutable field: what a value can become in place all the same. */
  readonly becomes?: Readonly<Record<string, string>>;
  /** May take `${ADDRESS#output}`. */
  readonly reference?: true;
  /** Names where secrets or tokens go: an unknown one needs approval once it is known. */
  readonly destination?: true;
  /** Names who may: an unknown one needs approval once it is known. */
  readonly grant?: true;
  /** Its live value moves by itself as time passes (what is left of a lifetime): a difference is nobody's drift. */
  readonly ages?: true;
  /** A map or list that is compared whole: live entries that the spec does not name are a difference. */
  readonly exact?: true;
  /** The value that removal from the manifest resets it to. Without it, removal is left to write() (server-side apply). */
  readonly unset?: null | boolean | number | string | readonly string[];
}

/** One output that others may reference. */
export interface OutputTraits {
  readonly secret?: true;
}

/** One object to read, with what is known of its desired spec. */
export interface Asked<Known> {
  readonly id: readonly string[];
  readonly spec: Known;
}

/** A kind's spec after parsing. */
export type Spec<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape>>;

/** What write() is given: the desired object with every value known, and what read() found just before. */
export interface WriteRequest<Desired> {
  readonly id: readonly string[];
  readonly spec: Desired;
  readonly live: Live;
  /** The ownership mark to leave, for objects that lab owns. Absent for contributed ones. */
  readonly mark?: string;
  /** Set where the user named this address in --adopt: fields that somebody else manages are taken over. */
  readonly takeOver?: boolean;
  /** Fingerprints to leave beside secret values, by field path. Unchanged values are in here too. */
  readonly fingerprints: Readonly<Record<string, string>>;
  /** Fields that lab applied before and that the manifest no longer holds, as paths. */
  readonly removed: readonly string[];
  /** To be told what a write waits for that takes long. */
  readonly waiting?: (because: string) => void;
}

/**
 * What lab knows of one type of object. The engine decides whether to call write and remove; there is no diff hook:
 * read() answers in the spec's own words and one comparison serves all kinds.
 */
export interface Kind<Shape extends z.ZodRawShape, Client> {
  /** `vault.policy` */
  readonly kind: string;
  /** What the parts of its address are called; more than one list where the number varies. */
  readonly parts: readonly (readonly string[])[];
  /** Normalises (durations to seconds, sets sorted) and sets no defaults, save for fields that are always sent. */
  readonly schema: z.ZodObject<Shape>;
  readonly fields?: Readonly<Record<string, FieldTraits>>;
  /** Names of outputs; `*` stands for any name. */
  readonly outputs?: Readonly<Record<string, OutputTraits>>;
  /** whole: lab owns the object. fields: only the fields it states. */
  readonly ownership: 'whole' | 'fields';
  /** own: the object carries the mark. parent: the container's mark stands for it. none: only state knows. */
  readonly mark: 'own' | 'parent' | 'none';
  /** How write() sends: merge keeps what is not named, replace must send live and desired together, apply is server-side apply. */
  readonly writes: 'merge' | 'replace' | 'apply';
  /** server: a stale write is refused with MOVED. re-read: the engine reads once more just before. */
  readonly precondition: 'server' | 're-read';
  /** True where the server rewrites values in its own normal form (quantities); the receipt then tells noise from drift. */
  readonly normalises?: true;
  /** The parts that identity needs, default: the address's parts as they are. */
  identify?(parts: readonly string[], spec: Fields): readonly string[];
  /** The container that must exist before this can: children of an absent one are absent. */
  parent?(id: readonly string[], spec: Partial<Spec<Shape>>): string | undefined;
  /** Further addresses that come first if the manifest has them. */
  after?(id: readonly string[], spec: Partial<Spec<Shape>>): readonly string[];
  /** Gates that must be open before this can be read or written. */
  gates?(id: readonly string[], spec: Partial<Spec<Shape>>): readonly string[];
  /** Gates that this resource opens. */
  opens?(id: readonly string[], spec: Partial<Spec<Shape>>): readonly string[];
  /** One write at a time for equal keys. */
  exclusive?(id: readonly string[]): string;
  /** Why deleting it loses data, for the guard that asks first. */
  readonly protect?: string;
  /** What a create or update of this cannot take back, as one sentence; done only where the manifest names the address in allowIrreversible. */
  irreversible?(id: readonly string[], spec: Partial<Spec<Shape>>, live: Live): string | undefined;
  /**
   * Address of the secret that what it makes is put into, a resource of its own or not: who takes a value from there comes
   * after it. What another provider must allow for that is that secret's kind's to state.
   */
  into?(id: readonly string[], spec: Partial<Spec<Shape>>): string | undefined;
  /** What its system must allow for its calls; kinds of clouds and of Vault state it. */
  rights?(id: readonly string[], spec: Partial<Spec<Shape>>): Rights;
  /** Its part in a chain from a service account to a cloud, for what plan can say of it (chain.ts). The spec holds references as they are. */
  link?(id: readonly string[], spec: Fields): Link | undefined;
  /** A rule over several fields that all hold known values: what is wrong, as one sentence, or undefined. */
  check?(spec: Spec<Shape>): string | undefined;
  /** Never writes. May throw LabError; DENIED and the like become `unknown`. */
  read(client: Client, id: readonly string[], spec: Partial<Spec<Shape>>): Promise<Live>;
  /**
   * Ten or more at once, where the API can list them: what the list tells of each, in the order asked for; undefined
   * for what it does not tell, which read() is then asked for.
   */
  readMany?(client: Client, asked: readonly Asked<Partial<Spec<Shape>>>[]): Promise<readonly (Live | undefined)[]>;
  /**
   * What it holds now, as a whole or of one property; undefined for nothing. For who takes it from here: read() may not
   * tell it. Never writes.
   */
  value?(client: Client, id: readonly string[], property: string | undefined): Promise<Secret | undefined>;
  /**
   * Every object of this kind that is not the server's own, for drift: to name those that nobody asked for. Where they lie
   * in containers, those in the containers of what is `known`.
   */
  inventory?(client: Client, known: readonly (readonly string[])[]): Promise<readonly Present[]>;
  /** Whether the server knows these fields, for plan, before they are written. Default: it does. Never writes. */
  recognises?(client: Client, id: readonly string[], fields: readonly string[]): Promise<Recognised>;
  /** Makes live match, from any start, its own half-done run included. */
  write(client: Client, request: WriteRequest<Spec<Shape>>): Promise<void>;
  /** Polled after a write, outside the write slot; undefined for what takes effect at once, as everything does by default. */
  settled?(client: Client, id: readonly string[], spec: Spec<Shape>): Promise<Settled | undefined>;
  /** Proves end to end that it does what it is for, and cleans up after itself. Runs with a client that may write. */
  verify?(client: Client, id: readonly string[], spec: Spec<Shape>): Promise<readonly Probe[]>;
  /** What would be destroyed with it now, counted: `2 roles, 3 leases`; undefined for nothing, or what cannot be counted. Never writes. */
  losses?(client: Client, id: readonly string[]): Promise<string | undefined>;
  /** Works from identity alone; absent already is success. Returns once the object is gone. */
  remove(client: Client, id: readonly string[]): Promise<void>;
  /** What is left of it after remove(), as one sentence: how long it can be had back. Default: nothing. */
  remains?(client: Client, id: readonly string[]): Promise<string | undefined>;
  /** Gives contributed fields back without deleting the object. */
  release?(client: Client, id: readonly string[]): Promise<void>;
  /** Why it may not be deleted now (a namespace that holds other people's objects), or undefined. */
  keep?(client: Client, id: readonly string[]): Promise<string | undefined>;
}

/** A kind with its client's and spec's types closed over: what the engine calls. Specs are checked by the kind's schema inside. */
export interface BoundKind {
  read(id: readonly string[], spec: Fields): Promise<Live>;
  /** Absent where the API cannot list what read() would tell. */
  readonly readMany?: (asked: readonly Asked<Fields>[]) => Promise<readonly (Live | undefined)[]>;
  /** Absent where the kind holds no value that others take. */
  readonly value?: (id: readonly string[], property: string | undefined) => Promise<Secret | undefined>;
  /** Absent where the kind lists nothing. */
  readonly inventory?: (known: readonly (readonly string[])[]) => Promise<readonly Present[]>;
  recognises(id: readonly string[], fields: readonly string[]): Promise<Recognised>;
  write(request: WriteRequest<Fields>): Promise<void>;
  settled(id: readonly string[], spec: Fields): Promise<Settled | undefined>;
  verify(id: readonly string[], spec: Fields): Promise<readonly Probe[]>;
  losses(id: readonly string[]): Promise<string | undefined>;
  remove(id: readonly string[]): Promise<void>;
  remains(id: readonly string[]): Promise<string | undefined>;
  release(id: readonly string[]): Promise<void>;
  keep(id: readonly string[]): Promise<string | undefined>;
}

/** What is known of a kind without a client: for manifest, graph and diff. */
export interface KindFacts {
  readonly kind: string;
  readonly parts: readonly (readonly string[])[];
  readonly schema: z.ZodObject;
  readonly fields: Readonly<Record<string, FieldTraits>>;
  readonly outputs: Readonly<Record<string, OutputTraits>>;
  readonly ownership: 'whole' | 'fields';
  readonly mark: 'own' | 'parent' | 'none';
  readonly precondition: 'server' | 're-read';
  readonly normalises: boolean;
  readonly protect?: string;
  irreversible(id: readonly string[], spec: Fields, live: Live): string | undefined;
  identify(parts: readonly string[], spec: Fields): readonly string[];
  parent(id: readonly string[], spec: Fields): string | undefined;
  after(id: readonly string[], spec: Fields): readonly string[];
  gates(id: readonly string[], spec: Fields): readonly string[];
  opens(id: readonly string[], spec: Fields): readonly string[];
  exclusive(id: readonly string[]): string | undefined;
  into(id: readonly string[], spec: Fields): string | undefined;
  rights(id: readonly string[], spec: Fields): Rights | undefined;
  link(id: readonly string[], spec: Fields): Link | undefined;
  /**
   * The spec in the kind's normal form, fields that hold a reference as they are; or what is wrong with it.
   * part: of what is not lab's own a manifest states as many fields as it likes; default: whole.
   */
  normalise(spec: Fields, extent?: 'whole' | 'part'): Normalised;
}

/** What normalise() makes of a spec. */
export type Normalised =
  | { readonly ok: true; readonly spec: Fields }
  | { readonly ok: false; readonly found: readonly Finding[] };

/** A kind as its provider lists it: facts for everybody, and bind() for whoever has the client. */
export interface DefinedKind<Client> extends KindFacts {
  bind(client: Client): BoundKind;
}
