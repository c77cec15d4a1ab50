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

/** Somebody who goes to a cloud with a service account's tokens. */
export interface VisitLink {
  readonly is: 'visit';
  readonly namespace: string;
  readonly name: string;
  /** Annotations of the account without which it finds no login. */
  readonly needs: readonly string[];
  /** What it says itself, by the annotation that would say it a second time; the values are its own fields. */
  readonly said: Readonly<Record<string, string>>;
}

/** What a resource is in the chain from a service account to somebody that a cloud knows. */
export type Link = AccountLink | TrustLink | IssuerLink | VisitLink;
