import { z } from 'zod';
import type { Bearer } from '../principal.ts';
import type { Quirks } from '../quirks.ts';
import type { ArmContent } from './content.ts';
import { badRequest } from './refusal.ts';
import type { ArmResult } from './result.ts';

/** A cluster of AKS. */
export interface AksCluster {
  readonly endpoint: string;
  /** PEM text. */
  readonly caPem: string;
  /** undefined: it publishes none. */
  readonly issuer: string | undefined;
  /** The local account of a cluster without Entra logins, as PEM texts. */
  readonly account?: { readonly certificate: string; readonly key: string };
}

/** The subscription as its operations see it. */
export interface Place {
  readonly arm: ArmContent;
  readonly subscription: string;
  readonly tenant: string;
  /** The secrets of every vault, for a vault that comes or goes. */
  readonly secrets: Record<string, object>;
  /** Clusters of AKS, by `group/name` in lower case. */
  readonly clusters: Readonly<Record<string, AksCluster>>;
  readonly quirks: Quirks;
  /** How long what takes long takes, in milliseconds. */
  readonly settleMs: number;
  changed(): void;
}

/** One request, as an operation sees it. */
export interface ArmCall extends Place {
  readonly bearer: Bearer;
  /** `https://management.azure.com` */
  readonly origin: string;
  /** What the path holds in place of its parameters, as it was written. */
  readonly params: readonly string[];
  readonly query: URLSearchParams;
  /** Parsed JSON; undefined without a body. */
  readonly body: unknown;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** An operation of ARM. */
export type Run = (call: ArmCall) => ArmResult;

/** Reads the body by a shape, or refuses it. */
export const withBody = <T>(call: ArmCall, shape: z.ZodType<T>, run: (body: T) => ArmResult): ArmResult => {
  const parsed = shape.safeParse(call.body ?? {});
  if (parsed.success) return run(parsed.data);
  const { path = [], message = '' } = parsed.error.issues[0] ?? {};
  return badRequest('InvalidRequestContent', `The request content was invalid: ${path.join('.')} ${message}`);
};

/** Tags as they are sent. */
export const tagsShape = z.record(z.string(), z.string().max(256)).optional();

/** `East US` and `eastus` are one place. */
export const locationShape = z.string().transform((text) => text.toLowerCase().replaceAll(' ', ''));
