import { LabError } from '../errors.ts';
import type { Request } from './carry-out.ts';
import type { ManifestFlags, PlanFlags } from './flags.ts';
import { waitSeconds } from './options.ts';
import { readPlanFile } from './plan-file.ts';

type Approving = { readonly 'auto-approve': boolean; readonly 'allow-data-loss': boolean };
type ApplyFlags = ManifestFlags & PlanFlags & Approving & { readonly wait: string | undefined };

/** What `lab apply` asks for. Throws BAD_MANIFEST for flags that a saved plan leaves no room for. */
export const applyRequest = async (planFile: string | undefined, flags: ApplyFlags): Promise<Request> => {
  const base = { mode: 'apply', allowDataLoss: flags['allow-data-loss'], wait: waitSeconds(flags.wait) } as const;
  if (planFile === undefined) return { ...base, flags, saved: undefined, approval: approvalOf(flags) };
  if (flags.target.length + flags.exclude.length + flags.adopt.length > 0 || flags.prune) {
    throw new LabError('BAD_MANIFEST', 'a saved plan says itself what it covers', {
      next: 'Leave out --target, --exclude, --adopt and --prune, or plan again with them.',
    });
  }
  const saved = await readPlanFile(planFile);
  const environment = flags.environment ?? saved.owner.environment;
  return { ...base, flags: { ...flags, environment }, saved, approval: 'saved-plan' };
};

/** What `lab destroy` asks for. */
export const destroyRequest = (flags: ManifestFlags & Omit<PlanFlags, 'adopt' | 'prune'> & Approving): Request => ({
  flags: { ...flags, adopt: [], prune: false },
  mode: 'destroy',
  saved: undefined,
  approval: approvalOf(flags),
  allowDataLoss: flags['allow-data-loss'],
  wait: undefined,
});

const approvalOf = (flags: Approving): Request['approval'] => (flags['auto-approve'] ? 'flag' : 'ask');
