import type { KubeObject } from '../../engine/ports.ts';
import type { EsoClient } from './client.ts';
import { readyCondition, sameCondition } from './conditions.ts';
import { eventsAbout, type SeenEvent } from './events.ts';

// External Secrets looks at a changed object within a second, but a provider that does not answer may take its time.
const patience = 30_000;

/** Keeps what is to be seen now, for isFresh() after the write. */
export const remember = async (client: EsoClient, object: KubeObject): Promise<void> => {
  const events = (await eventsAbout(client.objects, object)) ?? [];
  client.before.set(uidOf(object), {
    condition: readyCondition(object),
    events: new Set(events.map(({ version }) => version)),
    at: performance.now(),
  });
};

/**
 * Whether the condition Ready was found after lab's last write. External Secrets notes no generation with a condition,
 * and it does not touch a condition whose outcome stays the same: good to good and bad to bad leave status as it was.
 * What moves then is an event: every look at an object leaves one, and `tells` knows those that go with the condition.
 * (The event may come before the condition, so an event that tells something else proves nothing yet.) Events are
 * limited to about 25 an object and then one in five minutes, or may be unreadable; so after half a minute without any,
 * the condition counts. Clocks of different machines are never compared. Left over: a look that was under way during
 * the write leaves its event after it; `notBefore` (milliseconds after the write) waits for such looks to end.
 */
export const isFresh = async (
  client: EsoClient,
  object: KubeObject,
  { tells, notBefore = 0 }: { tells: (event: SeenEvent) => boolean; notBefore?: number },
): Promise<boolean> => {
  const before = client.before.get(uidOf(object));
  if (before === undefined || !sameCondition(before.condition, readyCondition(object))) return true;
  const passed = performance.now() - before.at;
  if (passed < notBefore) return false;
  const events = (await eventsAbout(client.objects, object)) ?? [];
  return passed > patience || events.some((event) => !before.events.has(event.version) && tells(event));
};

const uidOf = ({ metadata }: KubeObject): string => metadata.uid ?? '';
