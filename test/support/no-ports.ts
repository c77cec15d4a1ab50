import type { Ports } from '../../src/engine/ports.ts';

const refuse = () => Promise.reject(new Error('another provider was asked for, and there is none'));

/** What a provider gets that stands alone. */
export const noPorts: Ports = {
  objects: refuse,
  tokens: refuse,
  tunnel: refuse,
  aks: refuse,
  eks: refuse,
  keeper: refuse,
  mailbox: refuse,
};
