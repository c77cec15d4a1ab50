import { about, LabError } from '../errors.ts';
import { describeSource, isSourced, type StoreSource } from '../secrets/source.ts';
import type { StateRecord } from '../state/store.ts';
import type { Owner } from './change.ts';
import { type Decision, decide } from './decide.ts';
import { sentenceOf } from './findings.ts';
import { judgeSecrets, secretLeaves, type Verdicts } from './judge.ts';
import { type Node, resolveReferences, subjectOf } from './node.ts';
import type { Sight } from './observe.ts';
import { whoseMark } from './owner.ts';
import { formatPath } from './path.ts';
import { recordedFingerprint } from './record.ts';
import type { Live } from './resource.ts';
import { traitsAt } from './traits.ts';
import type { Fields, OutputRef, Value } from './value.ts';
import type { PlanOptions, World } from './world.ts';

/** What is known of one node after looking: the decision, and what a write would need. */
export type Assessment =
  | {
      readonly is: 'assessed';
      readonly identity: string;
      readonly scope: string;
      readonly live: Live & { exists: 'yes' | 'no' };
      readonly desired: Fields;
      readonly verdicts: Verdicts;
      readonly record: StateRecord | undefined;
      readonly decision: Decision;
    }
  | { readonly is: 'gated'; readonly gate: string; readonly because: string }
  | { readonly is: 'refused'; readonly error: LabError };

/** What assessing needs beside the node: the same for plan and apply. */
export interface Assessing {
  readonly world: World;
  readonly options: Pick<PlanOptions, 'adopt'>;
  readonly owner: Owner;
  /** Records by identity. */
  readonly records: ReadonlyMap<string, StateRecord>;
  readonly outputOf: (reference: OutputRef) => Value | undefined;
  /** Whether what a source names is still to be written, in this run. */
  readonly comes: (source: StoreSource) => boolean;
  /** The container as it was seen, for marks and for "replaced, so its children go". */
  readonly container: (node: Node) => { live: Live | undefined; replaced: boolean };
}

/** `scope/kind/id…` */
export const identityOf = (scope: string, kind: string, id: readonly string[]): string =>
  `${scope}/${subjectOf(kind, id)}`;

/** Turns a sight into a decision: resolves references, judges secrets, compares. */
export const assess = async (node: Node, sight: Sight, given: Assessing): Promise<Assessment> => {
  if (sight.is === 'gated') return sight;
  if (sight.is === 'refused') return { is: 'refused', error: about(sight.error, node.address) };
  const container = given.container(node);
  const live: Live = container.replaced ? { exists: 'no' } : sight.live;
  if (live.exists === 'unknown') {
    return { is: 'refused', error: new LabError('DENIED', live.because, { address: node.address }) };
  }
  const identity = identityOf(sight.scope, node.resource.kind, node.id);
  const record = given.records.get(identity);
  const desired = normalised(node, resolveReferences(node.resource.spec, given.outputOf));
  if (desired instanceof LabError) return { is: 'refused', error: desired };
  try {
    const verdicts = await judgeSecrets(desired, {
      desk: given.world.secrets,
      installation: given.owner.installation,
      subject: subjectOf(node.resource.kind, node.id),
      live: live.exists === 'yes' ? live.spec : undefined,
      appliedFingerprint: (path) => recordedFingerprint(record, path),
      writeOnly: (path) => traitsAt(node.facts, path).writeOnly === true,
      recorded: record !== undefined,
      comes: given.comes,
    });
    const decision = decide({
      node,
      desired,
      live,
      record,
      verdicts,
      owner: given.owner,
      adopt: isAdopted(node.address, given.options),
      containerOurs: container.live?.exists === 'yes' && whoseMark(container.live.mark, given.owner) === 'ours',
    });
    const notes = [...decision.notes, ...sourceNotes(desired, verdicts)];
    return {
      is: 'assessed',
      identity,
      scope: sight.scope,
      live,
      desired,
      verdicts,
      record,
      decision: { ...decision, notes },
    };
  } catch (error) {
    if (error instanceof LabError) return { is: 'refused', error: about(error, node.address) };
    throw error;
  }
};

/** Whether the user said to take this object over. */
export const isAdopted = (address: string, { adopt }: Pick<PlanOptions, 'adopt'>): boolean =>
  adopt === true || adopt.includes(address);

// Fields that held references are checked here, now that their values are known.
const normalised = (node: Node, spec: Fields): Fields | LabError => {
  const { ownership, origin } = node.resource;
  const result = node.facts.normalise(spec, ownership === 'owned' ? 'whole' : 'part');
  if (result.ok) return result.spec;
  const at = `${origin.file}:${origin.line}:${origin.col}`;
  return new LabError('BAD_MANIFEST', sentenceOf(result.found), { address: node.address, at });
};

const sourceNotes = (desired: Fields, verdicts: Verdicts): string[] => {
  const sources = secretLeaves(desired, []).flatMap(({ path, leaf }) =>
    isSourced(leaf) && verdicts.get(formatPath(path))?.is === 'changed'
      ? [`value from ${describeSource(leaf.source)}`]
      : [],
  );
  return [...new Set(sources)];
};
