import { z } from 'zod';
import { address } from '../../../engine/address.ts';
import { defineKind } from '../../../engine/define-kind.ts';
import { secretValue } from '../../../engine/fields.ts';
import { LabError } from '../../../errors.ts';
import type { VaultClient } from '../client.ts';
import { onceConverted } from '../mounts/kv-upgrade.ts';
import { trimSlashes } from '../path.ts';
import { may } from '../rights.ts';
import { decodeMarks, seenThrough } from './marks.ts';
import { keyValue, kvState, liveKeys } from './state.ts';
import { removeOurs, writeVersion } from './write.ts';

const schema = z.strictObject({
  data: z.record(z.string().min(1), secretValue()).describe('The values by key. Other keys of the same secret stay.'),
});

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
  rights: ([mount = '', path = '']) => ({
    plan: may(`${mount}/metadata/${path}`, 'read'),
    apply: [
      // Whether anybody else has keys in it, before it is deleted.
      ...may(`${mount}/subkeys/${path}`, 'read'),
      ...may(`${mount}/metadata/${path}`, 'create', 'patch'),
      // Its metadata is there by then, so that to Vault no version is new.
      ...may(`${mount}/data/${path}`, 'update', 'patch', 'delete'),
    ],
    value: may(`${mount}/data/${path}`, 'read'),
  }),
  check: ({ data }) => (Object.keys(data).length === 0 ? 'data must hold at least one key' : undefined),
  read: async (client, [mount = '', path = '']) => {
    const place = { mount, path };
    const state = await onceConverted(mount, kvState(client, place));
    if (state.is === 'deleted')
      return { exists: 'no', recoverable: `deleted version ${state.version} can be restored` };
    if (state.is !== 'live') return { exists: 'no' };
    const marks = decodeMarks(state.metadata);
    const keys = await liveKeys(client, place, marks);
    return {
      exists: 'yes',
      spec: { data: Object.fromEntries(keys.map((key) => [key, seenThrough(marks, state.version, key)])) },
      outputs: {},
      version: String(state.version),
      ...(marks.owner === undefined ? {} : { mark: marks.owner }),
    };
  },
  value: (client, [mount = '', path = ''], property = '') =>
    onceConverted(mount, keyValue(client, { mount, path }, property)),
  write: async (client, request) => {
    const {
      id: [mount = '', path = ''],
      live,
    } = request;
    const place = { mount, path };
    const state = await kvState(client, place);
    const seen = live.exists === 'yes' ? live.version : undefined;
    if (seen !== (state.is === 'live' ? String(state.version) : undefined)) {
      throw new LabError('MOVED', `${mount}/${path} was read at version ${seen ?? 'none'} and is at ${state.version}`);
    }
    await writeVersion(client, place, state, request);
  },
  remove: async (client, [mount = '', path = '']) => {
    const place = { mount, path };
    const state = await kvState(client, place);
    if (state.is === 'live') await removeOurs(client, place, state);
  },
});
