import { LabError } from '../errors.ts';
import { providerOf } from './address.ts';
import type { Assessment } from './assess.ts';
import type { Diagnostic } from './change.ts';
import type { Node, Nodes } from './node.ts';
import type { Observer } from './observe.ts';
import { isWritten } from './planned.ts';
import type { Recognised } from './recognised.ts';

/** What was assessed, less what the servers would not keep, and what of it could not be told. */
export interface CheckedFields {
  readonly assessed: ReadonlyMap<string, Assessment>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Refuses fields of what is written that its server does not know: it would drop them without a word. */
export const checkFields = async (
  nodes: Nodes,
  assessed: ReadonlyMap<string, Assessment>,
  observer: Observer,
): Promise<CheckedFields> => {
  const untold = new Map<string, string[]>();
  const checked = await Promise.all(
    [...assessed].map(async ([address, found]): Promise<readonly [string, Assessment]> => {
      const node = nodes.get(address);
      if (node === undefined || found.is !== 'assessed' || !isTellable(node, found, assessed)) return [address, found];
      const fields = Object.keys(found.desired);
      const recognised = await observer.bounded(node.provider, () =>
        observer.connection(node.provider).kind(node.resource.kind).recognises(node.id, fields),
      );
      if (recognised.is === 'unknown') return [address, { is: 'refused', error: unknownFields(address, recognised) }];
      if (recognised.is === 'untold') {
        const provider = providerOf(address);
        untold.set(provider, [...(untold.get(provider) ?? []), recognised.because]);
      }
      return [address, found];
    }),
  );
  return {
    assessed: new Map(checked),
    diagnostics: [...untold].map(([provider, causes]) => notTold(provider, causes)),
  };
};

/** Whether it is to be written, into a container that is there: of one that is not, no server tells anything yet. */
const isTellable = (
  node: Node,
  { decision }: Extract<Assessment, { is: 'assessed' }>,
  assessed: ReadonlyMap<string, Assessment>,
): boolean => {
  if (decision.standing.is !== 'planned' || !isWritten(decision)) return false;
  const container = node.parent === undefined ? undefined : assessed.get(node.parent);
  if (container?.is !== 'assessed') return container === undefined;
  return container.live.exists === 'yes' && !container.decision.actions.includes('replace');
};

/** A server does not know them: before they are written, or where only what came of it told so. */
export const unknownFields = (
  address: string,
  { fields, by }: Extract<Recognised, { is: 'unknown' }>,
  when: 'before' | 'after' = 'before',
): LabError => {
  const them = fields.length === 1 ? 'it' : 'them';
  const drops = when === 'after' ? 'has dropped' : 'would drop';
  return new LabError('REJECTED', `${by} does not know ${fields.join(', ')} and ${drops} ${them}`, {
    address,
    next: `Take ${fields.join(', ')} out of the manifest, or upgrade the server to a version that knows ${them}.`,
  });
};

const notTold = (provider: string, causes: readonly string[]): Diagnostic => ({
  severity: 'warning',
  code: 'UNTOLD',
  message: `whether ${provider} knows the fields of ${causes.length} ${causes.length === 1 ? 'object' : 'objects'} is not known before they are written: ${causes[0] ?? ''}`,
});
