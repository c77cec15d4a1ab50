import { setTimeout as pause } from 'node:timers/promises';
import { LabError } from '../../../errors.ts';
import type { SealStatus, ServerApi } from './api.ts';
import type { Held } from './generation.ts';
import { decrypt } from './pgp.ts';
import type { TypedShare } from './typed-shares.ts';

/** Where shares come from, custodian by custodian and then typed; asked only as long as more are needed. */
export type ShareSource = AsyncIterable<Held | TypedShare>;

/** Shares that count; ones that a rekey was cut off in; or ones that counted before, and open a Vault whose storage is of their time. */
export type Turn = 'now' | 'begun' | 'before';

/** The shares of one generation, for each attempt anew: people type theirs once an attempt. */
export interface Attempts {
  readonly of: Turn;
  readonly shares: (attempt: number) => ShareSource;
}

/** What an unsealing remarks while it goes on. */
export type Remark = (text: string) => void;

// More than this is no collision any more, but somebody who works against us.
const attempts = 3;

/**
 * Gives one server the shares that the custodians keep, until it is unsealed. Somebody else may do so at the same time:
 * a share counts once, and an unsealing that they began anew is begun anew here too. Where a rekey was cut off, the
 * shares of both generations are tried; those of before only once the others are shown to be wrong. Answers its status
 * then, which is still sealed where the custodians keep too few.
 */
export const unseal = async (
  server: ServerApi,
  generations: readonly Attempts[],
  remark: Remark,
): Promise<SealStatus> => {
  let failure: LabError | undefined;
  for (const [index, { of, shares }] of generations.entries()) {
    const outcome = await unsealWith(server, shares, remark);
    const next = generations[index + 1]?.of;
    switch (outcome.is) {
      case 'status':
        if (!outcome.status.sealed || !outcome.status.initialized) return outcome.status;
        // Too few says nothing against them.
        if (of !== 'before' && next !== 'begun') return outcome.status;
        // Shares of two generations together open nothing.
        await server.reset();
        break;
      case 'wrong':
        failure ??= wrongShares(server, outcome.because);
        break;
      case 'mistyped':
        failure ??= mistyped(server);
    }
    if (next !== undefined) remark(`these shares do not open ${server.address}: trying ${others[next]}`);
  }
  if (failure !== undefined) throw failure;
  return server.status();
};

const others = {
  now: 'those that count',
  begun: 'those that a rekey has begun to put in their place',
  before: 'those of before, which do where an older snapshot was restored',
} as const;

type Outcome =
  | { readonly is: 'status'; readonly status: SealStatus }
  | { readonly is: 'wrong'; readonly because: string }
  | { readonly is: 'mistyped' };

const unsealWith = async (server: ServerApi, shares: Attempts['shares'], remark: Remark): Promise<Outcome> => {
  let before = await server.status();
  if (!before.initialized) return { is: 'status', status: before };
  for (let attempt = 1; before.sealed; attempt += 1) {
    const round = await giveAll(server, before, shares(attempt), remark);
    if (round.is === 'status' || round.is === 'wrong') return round;
    if (attempt === attempts) return round.is === 'mistyped' ? round : collision(server);
    before = await server.status();
  }
  return { is: 'status', status: before };
};

type Round = Outcome | { readonly is: 'again' };

const giveAll = async (server: ServerApi, before: SealStatus, shares: ShareSource, remark: Remark): Promise<Round> => {
  let { nonce } = before;
  // Shares that others gave may be wrong ones; if so it shows at the last.
  const mixed = before.progress > 0;
  if (mixed) remark(`somebody has given ${before.progress} of ${before.t} shares to ${server.address} already`);
  let status = before;
  let hasTyped = false;
  for await (const offered of shares) {
    const isTyped = 'typed' in offered;
    hasTyped ||= isTyped;
    for (const share of isTyped ? [offered.typed] : await sharesOf(offered)) {
      const result = await server.give(share);
      if (result.is === 'wrong' && hasTyped) {
        remark(`the shares do not open ${server.address}: one of those that were typed is wrong; beginning anew`);
        return { is: 'mistyped' };
      }
      if (result.is === 'wrong') {
        if (!mixed) return result;
        remark(`the shares that somebody gave to ${server.address} were wrong; beginning anew`);
        return { is: 'again' };
      }
      const complete = status.progress === status.t - 1 && result.status.progress === 0;
      status = result.status;
      remark(progressOf(server, status, isTyped ? 'who typed it' : offered.custodian.name));
      if (!status.sealed) return { is: 'status', status };
      // A server that joins a raft cluster takes the last share, and proves itself to the leader before it is unsealed.
      if (complete) return untilJoined(server);
      if (nonce !== '' && status.nonce !== nonce) {
        remark(`somebody else began to unseal ${server.address} anew; beginning anew`);
        return { is: 'again' };
      }
      nonce = status.nonce;
    }
  }
  return { is: 'status', status };
};

const joinMs = 30_000;

const untilJoined = async (server: ServerApi): Promise<Round> => {
  const until = performance.now() + joinMs;
  while (performance.now() < until) {
    const status = await server.status();
    if (!status.sealed) return { is: 'status', status };
    await pause(100);
  }
  return { is: 'again' };
};

const progressOf = ({ address }: ServerApi, { sealed, progress, t }: SealStatus, from: string): string =>
  sealed ? `${address}: ${progress} of ${t} shares given, the last from ${from}` : `${address}: unsealed`;

/** The shares of one custodian, decrypted. Throws GUARD if their key is another than the one that they were encrypted to. */
export const sharesOf = async ({ custodian, shares, keys }: Held): Promise<Buffer[]> => {
  const all: Buffer[] = [];
  for (const { message, number } of shares) {
    const opened = await decrypt(message, keys);
    if (opened === undefined) {
      throw new LabError('GUARD', `the key in ${custodian.name} does not open share ${number}, which it keeps`, {
        next: 'Another key lies there now than the one that init was given; put the old one back, or unseal with the shares of the others.',
      });
    }
    all.push(opened);
  }
  return all;
};

const wrongShares = (server: ServerApi, because: string): LabError =>
  new LabError('GUARD', `the escrowed shares do not open the Vault at ${server.address}: ${because}`, {
    next: 'They belong to another Vault, or to its storage of another time. Check the address, and whether a backup was restored there.',
  });

const mistyped = ({ address }: ServerApi): LabError =>
  new LabError('GUARD', `the shares that were typed do not open the Vault at ${address}`, {
    next: 'They belong to another Vault, or one is mistyped. Each custodian decrypts theirs anew; then run it again.',
  });

const collision = ({ address }: ServerApi): never => {
  throw new LabError('CONFLICT', `somebody else keeps beginning to unseal ${address} anew`, {
    next: 'Find who does (an unsealer in the cluster, a colleague), and try again when they have stopped.',
  });
};
