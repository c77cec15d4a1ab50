import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeObject } from '../../engine/ports.ts';
import type { Probe, Settled } from '../../engine/resource.ts';
import type { EsoClient } from './client.ts';
import { readsOnce, settleExternalSecret } from './external-secret-settled.ts';
import { externalSecretSpecOf } from './external-secret-wire.ts';
import { remember } from './freshness.ts';
import { getObject, refOf } from './objects.ts';

const definition = 'ExternalSecret';
const check = 'External Secrets reads its store now';
// The annotation of its documentation; any change of annotations makes External Secrets read the store again.
const annotation = 'force-sync';
// A look takes about a second; a failing one is tried again with growing pauses, and its reason stays the same.
const patienceMs = 15_000;

/** Makes External Secrets read the store once more, as itself: Ready alone may be an hour old. */
export const proveSync = async (client: EsoClient, id: readonly string[]): Promise<readonly Probe[]> => {
  const object = await getObject(client, definition, id);
  if (object === undefined) return [{ is: 'failed', check, expected: 'an ExternalSecret', found: 'none' }];
  if (readsOnce(object)) return [{ is: 'untried', check, because: 'with refresh 0 it reads its store only once' }];
  // A generator would make new values; what it asks has a proof of its own.
  if (isGenerated(object)) return [];
  await remember(client, object);
  await annotate(client, id, new Date().toISOString());
  const settled = await waitForSync(client, id, object);
  // Taking the annotation off is one more change that it looks at.
  await annotate(client, id, null);
  if (settled.state === 'done') await waitForSync(client, id, object);
  return [outcome(settled)];
};

const isGenerated = (object: KubeObject): boolean => externalSecretSpecOf(object)['generator'] !== undefined;

const annotate = (client: EsoClient, id: readonly string[], value: string | null) =>
  client.objects.merge(refOf(definition, id), { metadata: { annotations: { [annotation]: value } } });

const waitForSync = async (client: EsoClient, id: readonly string[], before: KubeObject): Promise<Settled> => {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const settled = await settleExternalSecret(client, (await getObject(client, definition, id)) ?? before);
    if (settled.state !== 'waiting' || performance.now() > deadline) return settled;
    await sleep(250);
  }
};

const outcome = (settled: Settled): Probe => {
  if (settled.state === 'done') return { is: 'proven', check };
  return { is: 'failed', check, expected: 'its values in the Secret', found: settled.because };
};
