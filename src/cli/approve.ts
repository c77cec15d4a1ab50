import type { Plan } from '../engine/change.ts';
import { LabError } from '../errors.ts';
import { deferredChanges, isActedOn } from '../views/plan-summary.ts';
import { planText } from '../views/plan-text.ts';
import type { Host } from './host.ts';
import { cancelled } from './signals.ts';

/** Who says yes: a person who is asked, the flag, a saved plan that somebody looked at before, or nobody, as nothing real is touched. */
export type Approval = 'ask' | 'flag' | 'saved-plan' | 'sandbox';

/** Shows the whole plan and gets its approval. Throws GUARD where nobody can be asked, CANCELLED for every answer but yes. */
export const approvePlan = async (plan: Plan, approval: Approval, host: Host): Promise<void> => {
  if (!plan.changes.some(isActedOn) && deferredChanges(plan.changes).length === 0) return;
  host.say(await planText(plan, { detail: 'everything', screen: host.screen }));
  if (approval !== 'ask') return;
  if (host.ask === undefined)
    throw nobodyToAsk('Look at it with lab plan, then run this again with --auto-approve, or apply a saved plan.');
  const word = plan.mode === 'destroy' ? plan.owner.environment : 'yes';
  const question = plan.mode === 'destroy' ? `Type ${word} to destroy it: ` : 'Apply this? Only yes is taken as yes: ';
  if ((await host.ask(question)).trim() !== word) throw cancelled('not approved, nothing was changed');
};

/** Asks about what was just shown, where there is no plan. Throws as approvePlan() does. */
export const askFor = async (question: string, host: Host): Promise<void> => {
  if (host.ask === undefined) throw nobodyToAsk('Read what it would do, then run this again with --auto-approve.');
  const answer = await host.ask(`${question} Only yes is taken as yes: `);
  if (answer.trim() !== 'yes') throw cancelled('not approved, nothing was changed');
};

const nobodyToAsk = (next: string): LabError =>
  new LabError('GUARD', 'this needs your approval, and there is nobody to ask: no terminal, or --json', { next });

/** Asks about what turned out to lie outside the approval. Only who was asked before is asked; else it is not approved, and the next run plans it as usual. */
export const approveBeyond = async (beyond: Plan, approval: Approval, host: Host): Promise<boolean> => {
  const text = await planText(beyond, { detail: 'everything', screen: host.screen });
  host.say(`This lies outside what was approved:\n${text}`);
  if (approval === 'sandbox') return true;
  if (approval !== 'ask' || host.ask === undefined) return false;
  return (await host.ask('Do this, too? Only yes is taken as yes: ')).trim() === 'yes';
};
