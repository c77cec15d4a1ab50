import { type Endpoint, endpoint } from '../endpoint.ts';
import { absent, done, refused } from '../result.ts';
import { systemTtl } from '../tokens.ts';
import { attribution } from './attribution.ts';
import { emptySecret, isGone } from './content.ts';
import { listBelow, secretOf, storeOf } from './store.ts';

/**
 * The paths of a KV version 1 engine. A secret is kept as the one version of itself, which is what the upgrade to version
 * 2 makes of it.
 */
export const kvVersion1Endpoints: readonly Endpoint[] = [
  endpoint({
    pattern: /^(.*?)\/?$/,
    fields: {},
    takesMore: true,
    exists: (call) => secretOf(call) !== undefined,
    on: {
      read: (call) => {
        const current = secretOf(call)?.versions['1'];
        if (current?.data === undefined || isGone(current)) return absent;
        const lease = { id: '', duration: systemTtl, renewable: false };
        return { is: 'data', status: 200, data: current.data, lease };
      },
      list: (call) => listBelow(call, call.params[0] ?? ''),
      update: (call, _values, data) => {
        if (Object.keys(data).length === 0) return refused(400, 'missing data fields');
        const now = new Date().toISOString();
        storeOf(call).secrets[call.params[0] ?? ''] = {
          ...emptySecret(now),
          currentVersion: 1,
          versions: {
            1: {
              createdTime: now,
              createdBy: attribution(call.token, call.operation),
              deletionTime: '',
              deletedBy: null,
              destroyed: false,
              data,
            },
          },
        };
        call.vault.changed();
        return done;
      },
      delete: (call) => {
        delete storeOf(call).secrets[call.params[0] ?? ''];
        call.vault.changed();
        return done;
      },
    },
  }),
];
