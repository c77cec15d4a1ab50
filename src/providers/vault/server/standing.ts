import { type ErrorCode, LabError } from '../../../errors.ts';
import type { SealStatus } from './api.ts';
import type { Chain, Escrow } from './escrow.ts';
import type { EscrowRecord, SharesAnswer } from './escrow-entries.ts';
import { type InitConfig, storesOf } from './init-config.ts';

/** How far the escrow of a Vault that is initialised has come. */
export type EscrowStage = 'begun' | 'complete' | 'unread';

/** What a Vault and its escrow say together, where they agree. */
export type Standing =
  | { readonly is: 'fresh' }
  | {
      readonly is: 'initialised';
      readonly status: SealStatus;
      readonly escrow: EscrowStage;
      readonly record?: EscrowRecord;
    };

interface Escrowed {
  readonly record: EscrowRecord | undefined;
  readonly answer: SharesAnswer | undefined;
  /** A run was cut off while it left the record in one store after the other. */
  readonly isCutOff: boolean;
}

/**
 * Holds Vault against its escrow. Throws GUARD with what to do for each way in which they disagree: storage lost, keys
 * unknown, another Vault, one that somebody else initialised.
 */
export const standingOf = async (status: SealStatus, escrow: Escrow, config: InitConfig): Promise<Standing> => {
  const escrowed = await readEscrow(status, escrow, config);
  if (escrowed === undefined) return { is: 'initialised', status, escrow: 'unread' };
  const { record, answer, isCutOff } = escrowed;
  if (!status.initialized) {
    if (record === undefined && answer === undefined) return { is: 'fresh' };
    throw storageLost(config, record);
  }
  if (record !== undefined && status.cluster_id !== undefined && status.cluster_id !== record.clusterId) {
    throw replaced(config, record.clusterId, status.cluster_id);
  }
  if (record !== undefined) return { is: 'initialised', status, escrow: isCutOff ? 'begun' : 'complete', record };
  if (answer !== undefined) return { is: 'initialised', status, escrow: 'begun' };
  throw (await escrow.first.hasKeys()) ? keysUnknown(config) : foreign(config);
};

const notNow: readonly ErrorCode[] = ['DENIED', 'UNREACHABLE', 'UNAUTHENTICATED'];

/** undefined: it cannot be read now, which says nothing against a Vault that is initialised. An empty one must not be touched before it was read. */
const readEscrow = async (status: SealStatus, escrow: Escrow, config: InitConfig): Promise<Escrowed | undefined> => {
  try {
    const [chain, answer] = await Promise.all([escrow.chain(), escrow.first.answer()]);
    const isCutOff = answer !== undefined && (await lacksRecord(chain, escrow, config));
    return { record: chain.record, answer, isCutOff };
  } catch (error) {
    if (status.initialized && error instanceof LabError && notNow.includes(error.code)) return undefined;
    throw error;
  }
};

/** Of the shares of init, the first store gets the record last. */
const lacksRecord = async ({ record, current }: Chain, escrow: Escrow, config: InitConfig): Promise<boolean> => {
  const [first] = storesOf(config);
  const isNamed = record?.custodians.some(({ name }) => name === first?.name) === true;
  return first !== undefined && isNamed && current.number === 1 && (await escrow.first.end(first)) === undefined;
};

const storageLost = ({ address, prefix }: InitConfig, record: EscrowRecord | undefined): LabError =>
  new LabError(
    'GUARD',
    `storage lost: Vault at ${address} is not initialised, and the escrow holds the shares of one that was${record === undefined ? '' : ` (cluster ${record.clusterId})`}`,
    {
      next: `Give Vault its storage back, or restore a snapshot: the escrowed shares open it. If all of it may go, move the entries ${prefix}-… of every custodian away by hand, then apply again.`,
    },
  );

const replaced = ({ address }: InitConfig, expected: string, found: string): LabError =>
  new LabError(
    'GUARD',
    `the Vault at ${address} is another one: its cluster id is ${found}, and the escrow belongs to ${expected}`,
    { next: 'Check the address. lab changes nothing in a Vault whose escrow it does not hold.' },
  );

/** Initialised, and nobody holds what it answered. */
export const keysUnknown = ({ address, answerFile }: InitConfig): LabError =>
  new LabError(
    'GUARD',
    `initialised, keys unknown: Vault at ${address} was initialised, and neither the escrow nor ${answerFile} holds what it answered`,
    {
      next: 'If another run of lab is at it, wait for it. If none is, the answer was lost on its way and nobody can ever unseal this Vault: it is empty, so wipe its storage, restart it and apply again.',
    },
  );

const foreign = ({ address }: InitConfig): LabError =>
  new LabError('GUARD', `Vault at ${address} was initialised by somebody else, and lab escrowed nothing of it`, {
    next: 'Take vault.init out of the manifest; its shares stay with those who have them.',
  });
