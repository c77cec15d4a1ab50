import { z } from 'zod';
import { address } from '../../engine/address.ts';
import { defineKind } from '../../engine/define-kind.ts';
import { secretValue } from '../../engine/fields.ts';
import { formatPath } from '../../engine/path.ts';
import type { WriteRequest } from '../../engine/resource.ts';
import { LabError } from '../../errors.ts';
import { isSecret, type Secret } from '../../secrets/secret.ts';
import type { VaultClient } from './client.ts';
import { decodeMarks, encodeMarks, type Marks, seenThrough } from './kv-marks.ts';
import { type KvState, kvState, liveKeys } from './kv-state.ts';
import { trimSlashes } from './path.ts';

const schema = z.strictObject({
  data: z.record(z.string().min(1), secretValue()).describe('The values by key. Other keys of the same secret stay.'),
});

type Request = WriteRequest<z.output<typeof schema>>;

/**
 * A secret in a KV version 2 engine. Values are never read: marks in custom_metadata say which value lab wrote at which
 * version.
 */
export const kvSecret = defineKind<typeof schema.shape, VaultClient>({
  kind: 'vault.kv-secret',
  parts: [['MOUNT', 'PATH']],
  schema,
  fields: { 'data.*': { secret: true } },
  ownership: 'whole',
  mark: 'own',
  writes: 'merge',
  precondition: 'server',
  identify: ([mount = '', path = '']) => [trimSlashes(mount), trimSlashes(path)],
  parent: ([mount = '']) => address('vault.mount', mount),
  after: ([mount = '']) => [address('vault.kv-config', mount)],
  gates: () => ['vault.active'],
  check: ({ data }) => (Object.keys(data).length === 0 ? 'data must hold at least one key' : undefined),
  read: async (client, [mount = '', path = '']) => {
    const state = await kvState(client, mount, path);
    if (state.is === 'deleted') return { exists: 'no', recoverable: `deleted version ${state.version} can be restored` };
    if (state.is === 'empty') return { exists: 'no' };
    const marks = decodeMarks(state.metadata);
    const keys = await liveKeys(client, mount, path, marks);
    return {
      exists: 'yes',
      spec: { data: Object.fromEntries(keys.map((key) => [key, seenThrough(marks, state.version, key)])) },
      outputs: {},
      version: String(state.version),
      ...(marks.owner === undefined ? {} : { mark: marks.owner }),
    };
  },
  write: async (client, request) => {
    const { id: [mount = '', path = ''], live } = request;
    const state = await kvState(client, mount, path);
    const seen = live.exists === 'yes' ? live.version : undefined;
    if (state.is === 'live' ? seen !== String(state.version) : live.exists === 'yes') {
      throw new LabError('MOVED', `${mount}/${path} is at version ${state.version}, and version ${seen ?? 'none'} was read`);
    }
    // What was deleted softly comes back with the keys that other people had in it.
    if (state.is === 'deleted') await client.write('POST', [mount, 'undelete', path], { versions: [state.version] });
    await writeVersion(client, request, state);
  },
  remove: async (client, [mount = '', path = '']) => {
    const state = await kvState(client, mount, path);
    if (state.is !== 'live') return;
    const marks = decodeMarks(state.metadata);
    const keys = await liveKeys(client, mount, path, marks);
    const ours = keys.filter((key) => key in marks.fingerprints);
    // Soft: a version that is deleted can be restored, and the metadata that says so stays.
    if (ours.length === 0 || ours.length === keys.length) return client.remove([mount, 'data', path]);
    const gone = Object.fromEntries(ours.map((key) => [key, null]));
    await client.write('PATCH', [mount, 'data', path], { options: { cas: state.version }, data: gone });
    await mark(client, request(mount, path), state, { confirmed: true, fingerprints: {} });
  },
});
