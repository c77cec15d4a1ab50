import type { Plan } from '../engine/change.ts';
import { LabError } from '../errors.ts';
import type { Expanded } from '../manifest/expanded.ts';
import type { State } from '../state/store.ts';

/** Destroy is refused, whatever the flags, unless the manifest says `allowDestroy: true` for this environment. */
export const guardDestroy = ({ name, environment, allowDestroy }: Expanded): void => {
  if (allowDestroy) return;
  throw new LabError(
    'GUARD',
    `${name} in environment ${environment} is protected: its manifest does not allow destroy`,
    {
      next: 'Set allowDestroy: true for this environment in the manifest if it may go.',
    },
  );
};

/** Whether data may be lost: the manifest must allow it for this environment, and the flag for this run. */
export const mayLoseData = ({ allowDestroy }: Expanded, flag: boolean): boolean => allowDestroy && flag;

/** Deleting or replacing what holds data is refused before anybody is asked, unless manifest and flag both say so. */
export const guardDataLoss = ({ changes }: Plan, manifest: Expanded, flag: boolean): void => {
  const losing = changes.filter(
    ({ protect, actions }) => protect !== undefined && (actions.includes('delete') || actions.includes('replace')),
  );
  if (mayLoseData(manifest, flag) || losing.length === 0) return;
  const list = losing.map(({ address, actions, protect }) => `${address} (${actions.join(', ')}): ${protect}`);
  const { name, environment, allowDestroy } = manifest;
  if (!allowDestroy) {
    const protectedHere = `this would lose data, and the manifest of ${name} does not allow that in environment ${environment}:`;
    throw new LabError('GUARD', [protectedHere, ...list].join('\n'), {
      next: 'No flag allows it. Set allowDestroy: true for this environment in the manifest if the data may go, or --exclude them.',
    });
  }
  throw new LabError('GUARD', ['this would lose data:', ...list].join('\n'), {
    next: 'Run again with --allow-data-loss if that is what you want, or --exclude them.',
  });
};

/** One-way steps are refused before anybody is asked, unless the manifest names their addresses. Deferred ones are stopped when their turn comes. */
export const guardOneWay = ({ changes }: Plan, { allowIrreversible }: Expanded): void => {
  const steps = changes.filter(
    ({ irreversible, standing, address }) =>
      irreversible !== undefined && standing.is === 'planned' && !allowIrreversible.has(address),
  );
  if (steps.length === 0) return;
  const list = steps.map(({ address, irreversible }) => `${address}: ${irreversible}`);
  throw new LabError('GUARD', ['this cannot be taken back:', ...list].join('\n'), {
    next: `Add them to allowIrreversible in the manifest if that is what you want, or --exclude them.`,
  });
};

/** A plan of the sandbox means nothing to real systems, nor the other way round. Throws STALE before anything is asked. */
export const guardWorld = (saved: Plan, isSandbox: boolean): void => {
  if ((saved.world === 'sandbox') === isSandbox) return;
  throw stale(
    isSandbox ? 'this plan was made for the real systems, not for the sandbox' : 'this plan was made in the sandbox',
  );
};

/** A saved plan works once, for the owner and the systems that it was made for. Throws STALE. */
export const guardSaved = (
  saved: Plan,
  now: { readonly fresh: Plan; readonly manifest: Expanded; readonly state: State; readonly digest: string },
): void => {
  const { name, environment, installation } = saved.owner;
  if (name !== now.manifest.name || environment !== now.manifest.environment) {
    throw stale(`this plan is for ${name} in environment ${environment}`);
  }
  if (installation !== undefined && installation !== now.state.installation) {
    throw stale('this plan was made with another state');
  }
  if (now.state.usedPlans.includes(now.digest)) throw stale('this plan was applied already');
  for (const { provider, scope } of saved.systems) {
    const connected = now.fresh.systems.find((system) => system.provider === provider)?.scope;
    if (scope !== undefined && connected !== undefined && scope !== connected) {
      throw stale(`this plan was made for another ${provider} than the one that answers now`);
    }
  }
};

const stale = (message: string): LabError =>
  new LabError('STALE', message, { next: 'Plan again: lab plan --out plan.lab.json' });
