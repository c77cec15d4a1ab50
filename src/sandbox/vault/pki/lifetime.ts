import { goDuration } from '../duration.ts';
import type { Call } from '../endpoint.ts';
import { systemTtl } from '../tokens.ts';

/** How long a certificate is asked to live, in seconds; 0 or nothing: not said. */
export interface AskedLife {
  readonly ttl: number | undefined;
  /** How long it lives and may live as its role has it. */
  readonly roleTtl?: number;
  readonly roleMaxTtl?: number;
  /** The date that it ends at instead. */
  readonly notAfter?: string | undefined;
  /** How long before now it begins. */
  readonly notBefore: number | undefined;
}

/** From when to when it is valid, and what Vault remarks about it. */
export interface Life {
  readonly dates: { readonly notBefore: Date; readonly notAfter: Date };
  readonly warnings: readonly string[];
}

/** The lifetime of a certificate: what is asked, cut to what role or mount allow. */
export const lifetimeOf = ({ mount: { entry } }: Call, asked: AskedLife): Life => {
  const most = asked.roleMaxTtl || entry.maxLeaseTtl || systemTtl;
  const ttl =
    asked.ttl || asked.roleTtl || entry.defaultLeaseTtl || Math.min(systemTtl, entry.maxLeaseTtl || systemTtl);
  const now = Math.floor(Date.now() / 1000);
  return {
    dates: {
      notBefore: new Date((now - (asked.notBefore || 30)) * 1000),
      notAfter: asked.notAfter ? new Date(asked.notAfter) : new Date((now + Math.min(ttl, most)) * 1000),
    },
    warnings:
      ttl > most
        ? [`TTL "${goDuration(ttl)}" is longer than permitted maxTTL "${goDuration(most)}", so maxTTL is being used`]
        : [],
  };
};

/** What Vault says of a certificate that is given two ends. */
export const twoEnds = (ttl: number | undefined, notAfter: string | undefined): string | undefined =>
  (ttl ?? 0) > 0 && (notAfter ?? '') !== ''
    ? 'Either ttl or not_after should be provided. Both should not be provided in the same request.'
    : undefined;
