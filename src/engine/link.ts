import type { Fields, OutputRef, Value } from './value.ts';

/** A service account of the cluster, whose tokens others may take. */
export interface AccountLink {
  readonly is: 'account';
  readonly namespace: string;
  readonly name: string;
  /** By these it says whom it logs in elsewhere as. */
  readonly annotations: Fields;
  /** Where the `iss` of its tokens is read. */
  readonly issuer: OutputRef;
}

/** Whose tokens somebody takes. What it does not say is not judged. */
export interface TrustLink {
  readonly is: 'trust';
  /** Who takes them, as annotations name it: this output, or a text that can only mean it. */
  readonly taker: OutputRef;
  readonly isTaker: (text: string) => boolean;
  readonly issuer?: Value;
  readonly subjects?: readonly string[];
  readonly audience?: Value;
  /** The audience of the tokens that an account with these annotations brings. */
  readonly asked: (annotations: Fields) => string;
}

/** An issuer whose tokens are taken at all, without which no trust of the same provider holds. */
export interface IssuerLink {
  readonly is: 'issuer';
  readonly issuer?: Value;
  readonly audiences?: readonly string[];
}

/** What a resource is in the chain from a service account to somebody that a cloud knows. */
export type Link = AccountLink | TrustLink | IssuerLink;
