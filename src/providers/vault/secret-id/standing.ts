import type { Letter } from '../../../engine/ports.ts';
import type { Issued } from './issued.ts';

/** A SecretID held against what lies where it was delivered. */
export interface Standing {
  /** `complete`, or what is wrong. */
  readonly delivery: string;
  /** `not due`, or until when it lives. */
  readonly renewal: string;
  /** The one that was delivered, if Vault knows it. */
  readonly current: Issued | undefined;
  /** Issued for this place and not what lies there: their values are lost, or were replaced. */
  readonly others: readonly Issued[];
}

/** Says what a letter holds: no secret, and short enough for every place. */
export const letterId = (accessor: string, ttl: number, now: number): string =>
  `${accessor}.${ttl === 0 ? 0 : Math.floor(now / 1000) + ttl}`;

const inLetter = ({ id = '' }: Letter): { accessor: string; expires: number } => {
  const [accessor = '', seconds = ''] = id.split('.');
  return { accessor, expires: Number(seconds) * 1000 };
};

/** Compares the two; `renewBefore` in seconds. */
export const standingOf = (
  issued: readonly Issued[],
  letter: Letter | undefined,
  renewBefore: number | undefined,
  now: number,
): Standing => {
  const told = letter === undefined ? undefined : inLetter(letter);
  const current = issued.find(({ accessor }) => accessor === told?.accessor);
  const others = issued.filter((one) => one !== current);
  const isOver = current === undefined && told !== undefined && told.expires > 0 && told.expires <= now;
  const delivery = (): string => {
    if (letter === undefined) return 'missing';
    if (letter.moved) return 'changed by somebody else';
    if (current === undefined && !isOver) return 'unknown to Vault';
    return others.length === 0 ? 'complete' : `complete, and ${others.length} more issued`;
  };
  const renewal = (): string => {
    if (isOver) return `expired ${timeOf(told.expires)}`;
    const { expires } = current ?? {};
    const isDue = expires !== undefined && Date.parse(expires) - (renewBefore ?? 0) * 1000 <= now;
    return isDue ? `expires ${timeOf(Date.parse(expires))}` : 'not due';
  };
  return { delivery: delivery(), renewal: renewal(), current, others };
};

const timeOf = (time: number): string => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
