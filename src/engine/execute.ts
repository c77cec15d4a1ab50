import { LabError } from '../errors.ts';
import type { StateRecord } from '../state/store.ts';
import { providerOf } from './address.ts';
import { type Assessment, assess, isAdopted } from './assess.ts';
import type { Action, Change } from './change.ts';
import { unknownFields } from './check-fields.ts';
import { diff } from './diff.ts';
import { beyondApproval } from './envelope.ts';
import { secretLeaves, type Verdict, type Verdicts, valueAt } from './judge.ts';
import { type Node, referencesIn } from './node.ts';
import { formatPath } from './path.ts';
import { isWritten, writtenOver } from './planned.ts';
import { assessing, type Outcome, type Run } from './run.ts';
import { isFields, isLiveSecret, type Value } from './value.ts';
import { untilSettled } from './waiting.ts';
import { liveFingerprints, ownershipOf, prepareWrite, recordFor } from './writing.ts';

type Assessed = Extract<Assessment, { is: 'assessed' }>;

// A controller that touches the object between our read and write makes the write stale; more than this is a fight.
const attempts = 5;

/** Brings one object to what is desired: waits for its gates, reads, decides once more, writes, reads back, waits until it has settled. */
export const execute = async (node: Node, approved: Change, run: Run): Promise<Outcome> => {
  const shut = await gatesShut(node, run);
  if (shut !== undefined) return { is: 'deferred', because: shut };
  const started = performance.now();
  for (let attempt = 1; ; attempt++) {
    const found = await run.clock.working(() => look(node, run));
    if (found.is === 'gated') return { is: 'deferred', because: found.because };
    if (found.is === 'refused') throw found.error;
    const stop = await standsInTheWay(node, approved, found, run);
    if (stop !== undefined) return stop;
    const [action] = found.decision.actions.filter((candidate) => candidate !== 'move' && candidate !== 'adopt');
    if (action === undefined || action === 'none' || action === 'finish') return finish(node, found, run);
    run.emit({ type: 'started', address: node.address, action });
    try {
      await write(node, found, action, run);
    } catch (error) {
      if (error instanceof LabError && error.code === 'MOVED' && attempt < attempts) continue;
      throw error;
    }
    run.emit({ type: 'done', address: node.address, action, ms: Math.round(performance.now() - started) });
    return { is: 'done' };
  }
};

const gatesShut = async (node: Node, run: Run): Promise<string | undefined> => {
  for (const gate of node.gates) {
    const ours = node.needs.some((need) => {
      const opener = run.nodes.get(need);
      return opener?.facts.opens(opener.id, opener.resource.spec).includes(gate) === true;
    });
    const because = await run.gates.open(gate, ours);
    if (because !== undefined) return because;
  }
  if (node.gates.length > 0) run.observer.refresh();
  return undefined;
};

const look = async (node: Node, run: Run): Promise<Assessment> => {
  const others = [...referencesIn(node.resource.spec).map((reference) => reference.address), node.parent];
  for (const address of new Set(others)) {
    const other = address === undefined ? undefined : run.nodes.get(address);
    if (other !== undefined && !run.sights.has(other.address)) await see(other, run);
  }
  return assess(node, await see(node, run), assessing(run));
};

const see = async (node: Node, run: Run) => {
  const sight = await run.observer.look(node, node.resource.spec, false);
  if (sight.is === 'seen') run.sights.set(node.address, sight);
  return sight;
};

const standsInTheWay = async (
  node: Node,
  approved: Change,
  found: Assessed,
  run: Run,
): Promise<Outcome | undefined> => {
  const { decision } = found;
  if (decision.standing.is === 'blocked')
    throw new LabError('CONFLICT', decision.standing.because, { address: node.address });
  if (run.options.signal.aborted) return { is: 'cancelled' };
  const begun = found.record?.status === 'begun';
  const beyond = beyondApproval(approved, decision, node.facts, begun);
  if (beyond !== undefined && !(await run.approve({ ...approved, ...decision, standing: { is: 'planned' } }))) {
    return { is: 'refused', because: beyond };
  }
  if (decision.actions.includes('replace') && node.facts.protect !== undefined && !run.options.allowDataLoss) {
    throw new LabError('GUARD', `replacing it loses data: ${node.facts.protect}`, {
      address: node.address,
      next: 'Run again with --allow-data-loss if that is what you want.',
    });
  }
  refuseOneWay(node, found, run);
  return undefined;
};

/** A step that cannot be taken back is in no approval but by its exact address. */
const refuseOneWay = (node: Node, found: Assessed, run: Run): void => {
  const { decision, desired } = found;
  if (!isWritten(decision) || run.options.allowIrreversible.has(node.address)) return;
  const irreversible = node.facts.irreversible(node.id, desired, writtenOver(found));
  if (irreversible === undefined) return;
  throw new LabError('GUARD', `it cannot be taken back: ${irreversible}`, {
    address: node.address,
    next: `Add ${node.address} to allowIrreversible in the manifest if that is what you want.`,
  });
};

/** Nothing to write. What is ours and not on record yet, or was begun and not ended, gets its record now. */
const finish = async (node: Node, found: Assessed, run: Run): Promise<Outcome> => {
  const { record, decision } = found;
  const recorded = record?.status === 'done' && record.address === node.address;
  if (recorded || decision.ownership === 'used' || decision.ownership === 'expected') return { is: 'unchanged' };
  if (record?.status === 'begun') await settle(node, found, run);
  const entry = recordFor(node, found, liveFingerprints(found), ownershipOf(found));
  await run.session.append({ step: 'end', record: { ...entry, status: 'done' } });
  return { is: decision.actions.some((action) => action !== 'none') ? 'done' : 'unchanged' };
};

const write = async (node: Node, found: Assessed, action: Action, run: Run): Promise<void> => {
  const kind = run.observer.connection(node.provider).kind(node.resource.kind);
  const after = await run.clock.working(() =>
    run.exclusively(node.facts.exclusive(node.id), async () => {
      const takeOver = isAdopted(node.address, run.options);
      const prepared = await prepareWrite(node, found, run.world, run.session.state.installation, takeOver);
      await run.session.append({ step: 'begin', record: prepared.record, action, plan: run.options.planDigest ?? '' });
      await run.observer.bounded(providerOf(node.resource.kind), async () => {
        if (action === 'replace') await kind.remove(node.id);
        const live = action === 'replace' ? ({ exists: 'no' } as const) : found.live;
        const waiting = (because: string) => run.emit({ type: 'waiting', address: node.address, for: because });
        await kind.write({ ...prepared.request, live, waiting });
      });
      return readBack(node, prepared.record, prepared.request.fingerprints, run);
    }),
  );
  await settle(node, after.found, run);
  await run.session.append({ step: 'end', record: { ...after.record, status: 'done' } });
};

const settle = (node: Node, found: Assessed, run: Run): Promise<void> =>
  untilSettled(
    run.observer.connection(node.provider).kind(node.resource.kind),
    { address: node.address, id: node.id, spec: found.desired },
    run.options.signal,
    run.emit,
  );

/** Reads what was written and compares: a field that the server dropped or changed is an error that names it. */
const readBack = async (
  node: Node,
  begun: StateRecord,
  fingerprints: Readonly<Record<string, string>>,
  run: Run,
): Promise<{ found: Assessed; record: StateRecord }> => {
  const found = await look(node, run);
  if (found.is === 'refused') throw found.error;
  if (found.is === 'gated') throw new LabError('UNREACHABLE', found.because, { address: node.address });
  if (found.live.exists === 'no')
    throw new LabError('REJECTED', 'it was written and is not there', {
      address: node.address,
      next: 'Some servers show it only later: apply again, it goes on from there.',
    });
  const live = found.live.spec;
  const different = diff({
    facts: node.facts,
    desired: found.desired,
    live,
    applied: begun.applied,
    verdicts: asWritten(found),
  })
    .filter((field) => !node.facts.normalises || 'absent' in field.before)
    .map((field) => field.path);
  const marks = Object.entries(fingerprints).filter(([field, expected]) => markAt(live, found, field) !== expected);
  const wrong = [...different, ...marks.map(([field]) => field).filter((field) => !isWriteOnly(node, field))];
  if (wrong.length > 0) {
    // Of what lies in a container of the same run, plan could not tell.
    const told = await run.observer.bounded(node.provider, () =>
      run.observer.connection(node.provider).kind(node.resource.kind).recognises(node.id, wrong),
    );
    if (told.is === 'unknown') throw unknownFields(node.address, told, 'after');
    throw new LabError('REJECTED', `the server did not keep what was written to ${[...new Set(wrong)].join(', ')}`, {
      address: node.address,
      next: 'Somebody else may have written at the same time, or the server does not know the field: compare with lab plan.',
    });
  }
  const record = recordFor(node, found, fingerprints, begun.ownership);
  return { found, record };
};

const asWritten = (found: Assessed): Verdicts =>
  new Map([...found.verdicts.keys()].map((field): [string, Verdict] => [field, { is: 'same' }]));

const isWriteOnly = (node: Node, field: string): boolean => node.facts.fields[field]?.writeOnly === true;

const markAt = (live: Value, found: Assessed, field: string): string | undefined => {
  const leaf = secretLeaves(found.desired, []).find(({ path }) => formatPath(path) === field);
  const value = leaf === undefined || !isFields(live) ? undefined : valueAt(live, leaf.path);
  return isLiveSecret(value) ? value.fingerprint : undefined;
};
