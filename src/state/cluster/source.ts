import { LabError } from '../../errors.ts';
import type { StateDocument } from '../document.ts';

/** A state elsewhere that has its place in the cluster from now on, and has not been moved yet. */
export interface Leaving {
  readonly document: StateDocument;
  /** For people: its folder. */
  readonly from: string;
}

/** The same, held by its own lock. A run that is killed between begin and finish leaves it marked as being moved. */
export interface Departure extends Leaving {
  /** Marks it as being moved: from here on it counts only for who goes on with the move. */
  begin(): Promise<void>;
  /** Marks it as moved: it counts no more. */
  finish(): Promise<void>;
}

/** Where a state may lie that is to be moved into the cluster. */
export interface Source {
  /** undefined if there is nothing (more) to move. Writes nothing. */
  look(): Promise<Leaving | undefined>;
  /** Hands it over under its lock, unless it has left meanwhile. Throws LOCKED. */
  leave(operation: string, work: (departure: Departure) => Promise<void>): Promise<void>;
}

/** What the root in the cluster remembers of a state that was moved there. */
export const originOf = ({ installation, serial }: StateDocument): string => `${installation}/${serial}`;

/** Two states of one owner, neither of which came from the other. */
export const twoStates = ({ document, from }: Leaving, there: string, serial: number): LabError =>
  new LabError(
    'BAD_STATE',
    `there are two states: a local one in ${from}, serial ${document.serial}, and one in ${there}, serial ${serial}`,
    {
      next: `If the one in the cluster counts, move ${from} away. If the local one counts, delete the Secret. What only the other one knew is found again by its marks.`,
    },
  );
