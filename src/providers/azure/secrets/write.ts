import { pause } from '../../../engine/pause.ts';
import { LabError } from '../../../errors.ts';
import { nextStep, type SecretRequest } from './content.ts';
import { readState, type SecretState } from './state.ts';
import type { VaultSecrets } from './vault-secrets.ts';

/** How long lab waits for a deletion or a recovery to show; it usually takes seconds. */
const settleMs = 90_000;

/**
 * Makes the secret what is desired: recovers a deleted one, makes a new version where the value changes, and else only
 * changes the settings of the current one. Throws MOVED if it is not as it was read.
 */
export const writeSecret = async (
  secrets: VaultSecrets,
  request: SecretRequest,
  stopping: AbortSignal,
): Promise<void> => {
  const [, name = ''] = request.id;
  const state = await readState(secrets, name);
  const seen = request.live.exists === 'yes' ? request.live.version : undefined;
  if (seen !== (state.is === 'live' ? state.current.id : undefined)) {
    throw new LabError('MOVED', `${name} was read at version ${seen ?? 'none'} and is at another now`);
  }
  try {
    if (state.is === 'deleted') await secrets.recover(name);
    const present = state.is === 'deleted' ? await until(secrets, name, stopping, isReadable) : state;
    await take(secrets, name, nextStep(name, present, request));
  } catch (error) {
    // On its way to the deleted ones or back it can be neither written nor read. Once it is there, the engine looks again.
    if (error instanceof LabError && error.code === 'MOVED') await until(secrets, name, stopping, isSomewhere);
    throw error;
  }
};

/** Deletes it, and waits until it shows among the deleted ones: before that its name cannot be used. */
export const removeSecret = async (secrets: VaultSecrets, name: string, stopping: AbortSignal): Promise<void> => {
  const begun = await secrets.remove(name);
  if (begun) await until(secrets, name, stopping, isGone);
};

const take = async (secrets: VaultSecrets, name: string, step: ReturnType<typeof nextStep>): Promise<void> => {
  switch (step.is) {
    case 'set':
      return secrets.set(name, step.value, step.settings);
    case 'update':
      return secrets.update(name, step.version, step.settings);
    case 'none':
      return undefined;
  }
};

const isReadable = ({ is }: SecretState): boolean => is === 'live' || is === 'undecided';
const isGone = ({ is }: SecretState): boolean => is === 'deleted' || is === 'hidden';
const isSomewhere = ({ is }: SecretState): boolean => is !== 'absent';

const until = async (
  secrets: VaultSecrets,
  name: string,
  stopping: AbortSignal,
  holds: (state: SecretState) => boolean,
): Promise<SecretState> => {
  const end = performance.now() + settleMs;
  for (let ms = 250; ; ms = Math.min(ms * 2, 2_000)) {
    const state = await readState(secrets, name);
    if (holds(state)) return state;
    if (performance.now() > end) {
      throw new LabError('NOT_SETTLED', `the deletion or recovery of ${name} did not end within ${settleMs / 1000} s`, {
        next: 'Run it again: Key Vault goes on by itself.',
      });
    }
    await pause(ms, stopping);
  }
};
