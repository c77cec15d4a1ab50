import type { Connection } from '../../../src/engine/provider.ts';
import type { BoundKind } from '../../../src/engine/resource.ts';
import type { Fields } from '../../../src/engine/value.ts';
import { azure } from '../../../src/providers/azure/index.ts';
import { secret } from '../../../src/secrets/secret.ts';
import { fromSource } from '../../../src/secrets/source.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { applyAll, type Bench, deskFrom, plan, resource } from '../../support/world.ts';
import { vault } from './sandbox.ts';

export const kindName = 'azure.key-vault-secret';
export const address = `${kindName}/${vault}/app`;

/** An engine with one connection; what VALUE and the like stand for is in `env`. */
export const benchOf = (connection: Connection, env: Record<string, string>, more: Partial<Bench> = {}): Bench => ({
  kinds: azure.kinds,
  connections: [connection],
  store: memoryStore(),
  desk: deskFrom(env, async (value) => secret(value)),
  ...more,
});

export const fromEnv = (name: string, onExternalChange: 'keep' | 'overwrite' = 'keep') =>
  fromSource({ source: { from: 'env', name }, onMissingSource: 'keep', onExternalChange, at: 'lab.yaml:1:1' });

const desired = (spec: Fields) => [resource(address, { value: fromEnv('VALUE'), ...spec })];

/** Applies the secret and answers what was said, so that a test can see that nothing failed. */
export const apply = async (bench: Bench, spec: Fields = {}, options: Parameters<typeof applyAll>[2] = {}) => {
  const { diagnostics } = await applyAll(bench, desired(spec), options);
  return diagnostics;
};

/** What a plan has for the secret. */
export const changeIn = async (bench: Bench, spec: Fields = {}) => {
  const { changes, diagnostics } = await plan(bench, desired(spec));
  return changes[0] ?? diagnostics;
};

/** A request to write, but for the spec and what was read. */
export const request = { id: [vault, 'app'], mark: 'a/b/c', fingerprints: { value: 'v1:x:y' }, removed: [] };

/** Reads and writes, as the engine does. */
export const write = async (kind: BoundKind, spec: Fields, fingerprint = 'v1:x:y'): Promise<void> => {
  const live = await kind.read(request.id, spec);
  await kind.write({ ...request, fingerprints: { value: fingerprint }, live, spec });
};
