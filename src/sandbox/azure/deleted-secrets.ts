import { bundle, deletion, item, latestOf } from './bundle.ts';
import type { Call } from './call.ts';
import { type StoredSecret, secretNamed, stateOf } from './content.ts';
import { page } from './page.ts';
import { beingDeleted, beingRecovered, deletedNotFound, notFound, type Result } from './refusal.ts';

/** DELETE of a secret: it shows among the deleted ones a little later. */
export const deleteSecret = (call: Call): Result => {
  const found = find(call);
  switch (found.state) {
    case 'being deleted':
      return beingDeleted;
    case 'being recovered':
      return beingRecovered;
    case 'absent':
    case 'deleted':
      return notFound(call.params[0]);
    case 'live': {
      const { secret } = found;
      secret.life = { is: 'deleted', since: call.now + call.settleMs, deletedDate: Math.floor(call.now / 1000) };
      call.changed();
      return { status: 200, json: deletedBundle(call, secret) };
    }
  }
};

/** GET of a deleted secret. */
export const getDeleted = (call: Call): Result => {
  const found = find(call);
  if (found.state !== 'deleted') return deletedNotFound(call.params[0]);
  return { status: 200, json: deletedBundle(call, found.secret) };
};

/** GET of all deleted secrets. */
export const listDeleted = (call: Call): Result =>
  page(
    call,
    Object.entries(call.secrets)
      .filter(([, secret]) => stateOf(secret, call.now) === 'deleted')
      .map(([key, secret]) => [key, { ...deletion(call.origin, secret), ...item(call.origin, secret) }] as const),
  );

/** POST: it is back a little later, with all its versions. */
export const recoverDeleted = (call: Call): Result => {
  const found = find(call);
  switch (found.state) {
    case 'being deleted':
      return beingDeleted;
    case 'absent':
    case 'live':
    case 'being recovered':
      return notFound(call.params[0]);
    case 'deleted': {
      const { secret } = found;
      secret.life = { is: 'live', since: call.now + call.settleMs };
      call.changed();
      return { status: 200, json: bundle(call.origin, secret, latestOf(secret)) };
    }
  }
};

/** DELETE of a deleted secret: nothing of it is left. */
export const purgeDeleted = (call: Call): Result => {
  const found = find(call);
  if (found.state === 'being deleted') return beingDeleted;
  if (found.state !== 'deleted') return deletedNotFound(call.params[0]);
  Reflect.deleteProperty(call.secrets, call.params[0].toLowerCase());
  call.changed();
  return { status: 204 };
};

type Found =
  | { readonly state: 'absent' }
  | { readonly state: Exclude<ReturnType<typeof stateOf>, 'absent'>; readonly secret: StoredSecret };

const find = ({ secrets, params: [name], now }: Call): Found => {
  const secret = secretNamed(secrets, name);
  const state = stateOf(secret, now);
  return secret === undefined || state === 'absent' ? { state: 'absent' } : { state, secret };
};

const deletedBundle = ({ origin }: Call, secret: StoredSecret) => ({
  ...deletion(origin, secret),
  ...bundle(origin, secret, latestOf(secret)),
});
