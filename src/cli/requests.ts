import { LabError } from '../errors.ts';
import type { Request } from './carry-out.ts';
import type { ManifestFlags, PlanFlags } from './flags.ts';
import { secondsOf } from './options.ts';
import { readPlanFile } from './plan-file.ts';

type Approving = {
  readonly 'auto-approve': boolean;
  readonly 'allow-data-loss': boolean;
  readonly 'lock-wait': string | undefined;
};
type ApplyFlags = ManifestFlags &
  PlanFlags &
  Approving & { readonly wait: string | undefined; readonly 'allow-exec': boolean };

/** What `lab apply` asks for. Throws BAD_MANIFEST for flags that a saved plan leaves no room for. */
export const applyRequest = async (planFile: string | undefined, flags: ApplyFlags): Promise<Request> => {
  // The sandbox opens its gates by itself.
  const wait = secondsOf('wait', flags.wait) ?? (flags.sandbox === true ? sandboxWaitSeconds : undefined);
  const lockWait = secondsOf('lock-wait', flags['lock-wait']);
  const allowed = { allowDataLoss: flags['allow-data-loss'], allowExec: flags['allow-exec'] };
  const base = { mode: 'apply', ...allowed, wait, lockWait } as const;
  if (planFile === undefined) return { ...base, flags, saved: undefined, approval: approvalOf(flags) };
  if (flags.target.length + flags.exclude.length + flags.adopt.length > 0) {
    throw new LabError('BAD_MANIFEST', 'a saved plan says itself what it covers', {
      next: 'Leave out --target, --exclude and --adopt, or plan again with them.',
    });
  }
  const saved = await readPlanFile(planFile);
  const environment = flags.environment ?? saved.owner.environment;
  return { ...base, flags: { ...flags, environment }, saved, approval: 'saved-plan' };
};

/** What `lab destroy` asks for. */
export const destroyRequest = (flags: ManifestFlags & Omit<PlanFlags, 'adopt'> & Approving): Request => ({
  flags: { ...flags, adopt: [] },
  mode: 'destroy',
  saved: undefined,
  approval: approvalOf(flags),
  allowDataLoss: flags['allow-data-loss'],
  // Nothing is written, so no value is needed.
  allowExec: false,
  wait: undefined,
  lockWait: secondsOf('lock-wait', flags['lock-wait']),
});

const sandboxWaitSeconds = 120;

const approvalOf = (flags: Approving & ManifestFlags): Request['approval'] => {
  if (flags.sandbox === true) return 'sandbox';
  return flags['auto-approve'] ? 'flag' : 'ask';
};
