import type { OwnObjects } from '../../../src/engine/ports.ts';

/** The objects for a run that dies at one of its writes. */
export interface Dying {
  readonly objects: OwnObjects;
  /** Settles when it has died. */
  readonly dead: Promise<'dead'>;
  /** Dies here; never returns. */
  die(): Promise<never>;
}

/**
 * The objects for a run that dies at its n-th write, counted from 1: just before it lands, or just after, with the
 * answer lost. From then on no call of it goes out or returns, those of its lock's renewal included.
 */
export const dyingAt = (objects: OwnObjects, write: number, moment: 'before' | 'after'): Dying => {
  let writes = 0;
  let isDead = false;
  let die: (dead: 'dead') => void = () => {};
  const dead = new Promise<'dead'>((resolve) => {
    die = resolve;
  });
  const never = () => new Promise<never>(() => {});
  const end = () => {
    isDead = true;
    die('dead');
    return never();
  };
  const living = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    if (isDead) return never();
    const result = await call();
    return isDead ? never() : result;
  };
  const counted = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    if (isDead) return never();
    writes += 1;
    if (writes !== write) return living(call);
    if (moment === 'after') await call();
    return end();
  };
  return {
    dead,
    die: end,
    objects: {
      get: (ref) => living(() => objects.get(ref)),
      list: (namespace, labels) => living(() => objects.list(namespace, labels)),
      create: (object) => counted(() => objects.create(object)),
      replace: (object) => counted(() => objects.replace(object)),
      remove: (ref) => counted(() => objects.remove(ref)),
    },
  };
};
