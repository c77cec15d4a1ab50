import { LabError } from '../errors.ts';
import { providerOf } from './address.ts';
import type { Change } from './change.ts';
import { whoseMark } from './owner.ts';
import type { Outcome, Run } from './run.ts';

/** Deletes, releases or forgets one object that the manifest no longer desires. Looks once more before it does. */
export const removeOrphan = async (change: Change, run: Run): Promise<Outcome> => {
  const record = run.records.get(change.identity);
  const [action] = change.actions;
  if (change.standing.is === 'blocked') return { is: 'failed' };
  if (change.standing.is === 'blind') return { is: 'deferred', because: change.standing.because };
  if (record === undefined || action === undefined || action === 'none') return { is: 'unchanged' };
  const kind = run.observer.connection(providerOf(record.kind)).kind(record.kind);
  const facts = run.world.kinds.get(record.kind);
  const started = performance.now();
  const forget = async (): Promise<Outcome> => {
    await run.session.append({ step: 'gone', identity: record.identity });
    return { is: 'done' };
  };
  if (action === 'forget') return forget();
  if (run.options.signal.aborted) return { is: 'cancelled' };

  const sight = await run.clock.working(() =>
    run.observer.lookAt(record.kind, record.id, facts?.gates(record.id, {}) ?? []),
  );
  if (sight.is === 'gated') return { is: 'deferred', because: sight.because };
  if (sight.is === 'refused') throw sight.error;
  if (sight.live.exists === 'unknown') throw new LabError('DENIED', sight.live.because, { address: record.address });
  if (sight.live.exists === 'no') return forget();
  const owner = { ...run.world.owner, installation: run.session.state.installation };
  const taken = facts?.mark === 'own' && record.ownership === 'owned' && whoseMark(sight.live.mark, owner) !== 'ours';
  if (sight.scope !== record.scope || taken)
    return { is: 'refused', because: 'it is no longer the object that lab made' };
  if (action === 'delete' && change.protect !== undefined && !run.options.allowDataLoss) {
    throw new LabError('GUARD', `deleting it loses data: ${change.protect}`, {
      address: record.address,
      next: 'Run again with --allow-data-loss if that is what you want.',
    });
  }

  const why = action === 'delete' ? await kind.keep(record.id) : undefined;
  const release = action === 'release' || why !== undefined;
  if (why !== undefined) {
    const message = `${why}; it is released, not deleted`;
    run.diagnostics.push({ severity: 'warning', code: 'KEPT', message, address: record.address });
  }
  run.emit({ type: 'started', address: record.address, action: release ? 'release' : 'delete' });
  await run.session.append({
    step: 'begin',
    record: { ...record, status: 'begun' },
    action,
    plan: run.options.planDigest ?? '',
  });
  await run.clock.working(() =>
    run.observer.bounded(providerOf(record.kind), () => (release ? kind.release(record.id) : kind.remove(record.id))),
  );
  const remains = release ? undefined : await run.clock.working(() => kind.remains(record.id));
  if (remains !== undefined) {
    run.diagnostics.push({ severity: 'warning', code: 'RECOVERABLE', message: remains, address: record.address });
  }
  const ms = Math.round(performance.now() - started);
  run.emit({ type: 'done', address: record.address, action: release ? 'release' : 'delete', ms });
  return forget();
};
