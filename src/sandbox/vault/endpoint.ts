import type { Content, MountEntry, Token } from './content.ts';
import { convertFields, type Fields, type Values } from './fields.ts';
import { type Result, refused, unsupportedOperation } from './result.ts';

/** What a request does; POST and PUT are `create` where the endpoint can tell that the object is not there yet. */
export type Operation = 'create' | 'read' | 'update' | 'patch' | 'delete' | 'list';

/** Who a service account token belongs to, as a TokenReview tells it; undefined if the cluster does not accept it. */
export type ReviewToken = (review: {
  readonly host: string;
  /** PEM; '' = those of the system. */
  readonly ca: string;
  /** What the review call itself authenticates with. */
  readonly bearer: string;
  readonly jwt: string;
  readonly audiences: readonly string[];
}) => Promise<{ readonly username: string; readonly uid: string } | undefined>;

/** What endpoints work on. */
export interface Vault {
  readonly content: Content;
  /** The content was changed. */
  changed(): void;
  readonly reviewToken: ReviewToken;
  /** The service account token of the pod that it runs in; undefined outside of a cluster. */
  readonly podToken: string | undefined;
  /** From now on it is sealed. */
  seal(): void;
}

/** One request as an endpoint sees it. */
export interface Call {
  readonly vault: Vault;
  /** The mount that the path leads to, and its path with the closing slash. */
  readonly mount: { readonly path: string; readonly entry: MountEntry };
  /** The groups of the endpoint's pattern. */
  readonly params: readonly string[];
  readonly operation: Operation;
  readonly token: Token;
}

/** A path below a mount and what can be done there. */
export interface Endpoint {
  readonly pattern: RegExp;
  /** Undefined: it takes whatever it is given. */
  readonly knows: ReadonlySet<string> | undefined;
  /** What it tells of itself. */
  readonly fields: readonly string[];
  readonly methods: ReadonlySet<Exclude<Operation, 'create'>>;
  /** Everybody may read it, and Vault answers without the type of the mount. */
  readonly openly: boolean;
  exists(call: Call): boolean | undefined;
  run(call: Call, body: Readonly<Record<string, unknown>>): Promise<Result>;
}

type Handler<F extends Fields> = (
  call: Call,
  values: Values<F>,
  body: Readonly<Record<string, unknown>>,
) => Result | Promise<Result>;

interface Described<F extends Fields> {
  /** Of the path below the mount, without closing slash; its groups become `params`. */
  readonly pattern: RegExp;
  readonly fields: F;
  /** Fields beside these are nothing to remark on; the handler finds them in the body. */
  readonly takesMore?: true;
  readonly openly?: true;
  /** Tells `create` from `update`. */
  readonly exists?: (call: Call) => boolean;
  /** `update` stands for both. */
  readonly on: { readonly [O in Exclude<Operation, 'create'>]?: Handler<F> };
}

/** Describes an endpoint; its handlers get the fields of the body already converted. */
export const endpoint = <F extends Fields>({
  pattern,
  fields,
  takesMore,
  openly,
  exists,
  on,
}: Described<F>): Endpoint => ({
  pattern,
  knows: takesMore === true ? undefined : new Set(Object.keys(fields)),
  fields: Object.keys(fields),
  methods: new Set(operations.filter((operation) => on[operation] !== undefined)),
  openly: openly === true,
  exists: (call) => exists?.(call),
  run: async (call, body) => {
    const handler = on[call.operation === 'create' ? 'update' : call.operation];
    if (handler === undefined) return unsupportedOperation;
    const converted = convertFields(fields, body);
    if (converted.ok) return handler(call, converted.value, body);
    // An endpoint that looks for the object first stumbles over the fields there, and says it with other words.
    const early = exists !== undefined && ['create', 'update'].includes(call.operation);
    return refused(400, early ? converted.error : `Field validation failed: ${converted.error}`);
  },
});

const operations = ['read', 'update', 'patch', 'delete', 'list'] as const;
