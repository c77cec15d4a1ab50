import { z } from 'zod';
import type { KubeObject, ObjectApi } from '../../engine/ports.ts';
import { LabError } from '../../errors.ts';

/** A Kubernetes Event: where External Secrets tells causes. */
export interface SeenEvent {
  readonly reason: string;
  readonly message: string;
  /** Another one whenever the event happens again. */
  readonly version: string;
}

const schema = z.object({
  involvedObject: z.object({ uid: z.string() }),
  reason: z.string().default(''),
  message: z.string().default(''),
  lastTimestamp: z.string().nullish(),
  eventTime: z.string().nullish(),
  metadata: z.object({ resourceVersion: z.string().default('') }),
});

/** The events about one object, newest first; undefined if lab may not read them. Kubernetes drops them after an hour. */
export const eventsAbout = async (
  objects: ObjectApi,
  { metadata }: KubeObject,
): Promise<readonly SeenEvent[] | undefined> => {
  // Events about cluster-scoped objects lie in the namespace default.
  const items = await listEvents(objects, metadata.namespace ?? 'default');
  return items
    ?.flatMap((item) => schema.safeParse(item).data ?? [])
    .filter(({ involvedObject }) => involvedObject.uid === metadata.uid)
    .map((event) => ({
      ...event,
      version: event.metadata.resourceVersion,
      at: event.lastTimestamp ?? event.eventTime ?? '',
    }))
    .toSorted((one, other) => other.at.localeCompare(one.at));
};

const listEvents = async (objects: ObjectApi, namespace: string): Promise<readonly KubeObject[] | undefined> => {
  try {
    return await objects.list({ group: '', kind: 'Event', namespace });
  } catch (error) {
    if (error instanceof LabError && error.code === 'DENIED') return undefined;
    throw error;
  }
};

/** The newest message of these events, on one line and not too long; undefined if there is none. */
export const newestMessage = (
  events: readonly SeenEvent[] | undefined,
  wanted: (event: SeenEvent) => boolean,
): string | undefined => {
  const message = events?.find(wanted)?.message;
  if (message === undefined) return undefined;
  const line = message.replace(/[\p{Cc}\s]+/gu, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)} …` : line;
};
