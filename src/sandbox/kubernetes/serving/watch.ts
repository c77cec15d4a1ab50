import type { Stream } from '../../http.ts';
import type { Cluster } from '../cluster.ts';
import type { JsonMap } from '../json.ts';
import type { KubeObject } from '../object.ts';
import { statusOf } from '../refusal.ts';
import { type ResourceType, resourceName } from '../resource-type.ts';
import type { Change } from '../storage.ts';
import { selectorOf } from './selectors.ts';
import { type Shown, show } from './shown.ts';

/** Answers a WATCH: one JSON object a line, until the client goes or the time that it set is up. */
export const watchObjects = (
  { storage }: Cluster,
  type: ResourceType,
  namespace: string,
  query: URLSearchParams,
  shown: Shown,
): Stream => {
  const isSelected = selectorOf(type, query);
  const isWanted = (object: KubeObject) =>
    (namespace === '' || object.metadata.namespace === namespace) && isSelected(object);

  return async (send, gone) => {
    const line = (event: string, object: JsonMap) => send(`${JSON.stringify({ type: event, object })}\n`);
    const tell = (change: Change): void => {
      if (change.resource !== resourceName(type)) return;
      const event = eventOf(change, isWanted);
      if (event !== undefined) line(event.type, show(type, event.object, shown));
    };

    const from = query.get('resourceVersion') ?? '';
    if (from === '' || from === '0') {
      for (const object of storage.list(type, namespace).filter(isSelected)) line('ADDED', show(type, object, shown));
    } else {
      const past = storage.since(Number(from));
      if (past === undefined) return line('ERROR', tooOld(from, storage.version()));
      past.forEach(tell);
    }
    const stop = storage.onChange(tell);
    await ended(gone, Number(query.get('timeoutSeconds') ?? 0));
    stop();
  };
};

/** An object that comes into the selection is added to it, one that leaves it is deleted from it. */
const eventOf = ({ type, object, before, version }: Change, isWanted: (object: KubeObject) => boolean) => {
  const was = type !== 'ADDED' && before !== undefined && isWanted(before);
  const is = type !== 'DELETED' && isWanted(object);
  if (was && is) return { type: 'MODIFIED', object };
  if (is) return { type: 'ADDED', object };
  if (!was || before === undefined) return undefined;
  return { type: 'DELETED', object: { ...before, metadata: { ...before.metadata, resourceVersion: String(version) } } };
};

const tooOld = (from: string, now: number): JsonMap =>
  statusOf({ code: 410, reason: 'Expired', message: `too old resource version: ${from} (${now})` });

const ended = (gone: AbortSignal, seconds: number): Promise<void> =>
  new Promise((resolve) => {
    if (gone.aborted) return resolve();
    const timer = seconds > 0 ? setTimeout(resolve, seconds * 1000) : undefined;
    gone.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
