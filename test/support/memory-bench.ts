import { secret } from '../../src/secrets/secret.ts';
import { connectMemory, type Memory, memoryKinds } from './memory-provider.ts';
import { memoryStore } from './memory-store.ts';
import { type Bench, deskFrom } from './world.ts';

/** A bench over one server in memory, with a state of its own and no source that has a value. */
export const memoryBench = (memory: Memory): Bench & { readonly store: ReturnType<typeof memoryStore> } => ({
  kinds: memoryKinds,
  connections: [connectMemory(memory)],
  store: memoryStore(),
  desk: deskFrom({}, async (value) => secret(value)),
});
