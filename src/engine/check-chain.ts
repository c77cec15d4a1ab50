import { about } from '../errors.ts';
import { parseAddress } from './address.ts';
import type { Assessment } from './assess.ts';
import { brokenLinks, type Seen } from './chain.ts';
import type { Nodes } from './node.ts';
import type { Observer } from './observe.ts';
import { isList, type OutputRef, type Value } from './value.ts';

/** Refuses what the manifest has wrong in a chain of trust, so that it is neither written nor waited for. */
export const checkChain = async (
  nodes: Nodes,
  assessed: ReadonlyMap<string, Assessment>,
  observer: Observer,
): Promise<ReadonlyMap<string, Assessment>> => {
  const broken = await brokenLinks(nodes, seenBy(assessed, observer));
  return new Map(
    [...assessed].map(([address, found]) => {
      const error = broken.get(address);
      return [address, error === undefined || found.is === 'refused' ? found : refused(about(error, address))] as const;
    }),
  );
};

const refused = (error: Extract<Assessment, { is: 'refused' }>['error']): Assessment => ({ is: 'refused', error });

const seenBy = (assessed: ReadonlyMap<string, Assessment>, observer: Observer): Seen => {
  const issuers = new Map<string, Promise<Value | undefined>>();
  return {
    output: ({ address, output }) => {
      const found = assessed.get(address);
      return found?.is === 'assessed' && found.live.exists === 'yes' ? found.live.outputs[output] : undefined;
    },
    live: (address) => {
      const found = assessed.get(address);
      return found?.is === 'assessed' && found.live.exists === 'yes' ? found.live.spec : undefined;
    },
    issuer: (account, reference) => {
      const asked = issuers.get(reference.address) ?? read(observer, account.gates, reference);
      issuers.set(reference.address, asked);
      return asked;
    },
    holds: async (node, issuer, audience) => {
      // Its kind finds the one that would do, whoever made it.
      const sight = await observer.look(node, { ...node.resource.spec, issuer, audiences: [audience] }, false);
      if (sight.is !== 'seen' || sight.live.exists === 'unknown') return true;
      if (sight.live.exists === 'no') return false;
      const { issuer: found, audiences } = sight.live.spec;
      return found === issuer && isList(audiences) && audiences.includes(audience);
    },
  };
};

/** Undefined where the system is not there or does not say. */
const read = async (
  observer: Observer,
  gates: readonly string[],
  { address, output }: OutputRef,
): Promise<Value | undefined> => {
  const { kind, parts } = parseAddress(address);
  const sight = await observer.lookAt(kind, parts, gates);
  return sight.is === 'seen' && sight.live.exists === 'yes' ? sight.live.outputs[output] : undefined;
};
