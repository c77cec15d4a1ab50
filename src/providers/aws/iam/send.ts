import type { IAM, Tag } from '@aws-sdk/client-iam';
import { isNotFound } from '../refusal.ts';
import type { Tags } from '../tags.ts';

/** What goes with every call. */
export interface CallOptions {
  readonly abortSignal: AbortSignal;
}

/** Sends one call of IAM on the one client; what it throws is a LabError. `subject`: what the call is about. */
export type IamSend = <T>(
  operation: string,
  subject: string,
  send: (api: IAM, http: CallOptions) => Promise<T>,
) => Promise<T>;

/** The answer, or undefined where IAM says that there is none. */
export const ifThere = async <T>(call: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await call();
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
};

/** Everything that a paged call lists. */
export const everyPage = async <Page extends { IsTruncated?: boolean | undefined; Marker?: string | undefined }, Item>(
  ask: (marker: { Marker?: string }) => Promise<Page>,
  itemsOf: (page: Page) => readonly Item[] | undefined,
): Promise<readonly Item[]> => {
  const items: Item[] = [];
  let marker: string | undefined;
  do {
    const page = await ask(marker === undefined ? {} : { Marker: marker });
    items.push(...(itemsOf(page) ?? []));
    marker = page.IsTruncated === true ? page.Marker : undefined;
  } while (marker !== undefined);
  return items;
};

/** Tags as IAM takes them. */
export const toTags = (tags: Tags): Tag[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** Tags as IAM answers them. */
export const fromTags = (tags: readonly Tag[] | undefined): Tags =>
  Object.fromEntries((tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value] as const));
