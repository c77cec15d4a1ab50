import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { LabError } from '../../../errors.ts';
import { diskFailure } from '../../../secrets/disk-failure.ts';
import { createPrivateFrom } from '../../../secrets/private-file.ts';
import { reveal, type Secret } from '../../../secrets/secret.ts';
import type { Bulk } from '../bulk.ts';
import { refusal } from '../refusal.ts';
import { activeAmong, type ServerApi } from './api.ts';

/** A snapshot in a file. */
export interface Snapshot {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

const path = 'sys/storage/raft/snapshot';

/** The server that is at work, of a Vault that keeps its storage itself. Throws GUARD for another kind of storage. */
export const raftServer = async (servers: readonly ServerApi[]): Promise<ServerApi> => {
  const active = await activeAmong(servers);
  if (active === undefined) {
    const [first] = servers;
    throw new LabError('UNREACHABLE', `no server of the Vault at ${first?.address ?? ''} is in service`, {
      next: 'See lab vault status.',
    });
  }
  const { storage_type: storage } = await active.status();
  if (storage === 'raft') return active;
  throw new LabError(
    'GUARD',
    `the Vault at ${active.address} keeps its storage in ${storage ?? 'another place'}, not on raft`,
    {
      next: 'Back that storage up with its own means, while Vault is stopped or sealed; lab takes snapshots of raft alone.',
    },
  );
};

/** Saves a snapshot in a new file that only its user can read. What is there already is never overwritten. */
export const saveSnapshot = async (
  { address }: ServerApi,
  token: Secret,
  { bulk, file }: { readonly bulk: Bulk; readonly file: string },
): Promise<Snapshot> => {
  if (await isThere(file)) throw taken(file);
  const created = await onDisk(file, () =>
    createPrivateFrom(file, async (handle) => {
      const exchange = await bulk.download(`${address}/v1/${path}`, token, handle);
      if (exchange.outcome !== 'answered' || exchange.status !== 200) throw refused(address, exchange, token);
    }),
  );
  if (!created) throw taken(file);
  return readSnapshot(file);
};

/** Looks through a snapshot: whether it is whole, and what it is known by. */
export const readSnapshot = async (file: string): Promise<Snapshot> => {
  const hash = createHash('sha256');
  let bytes = 0;
  const counted = async function* (source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  };
  try {
    await pipeline(createReadStream(file), counted, createGunzip(), away);
  } catch (error) {
    if (diskFailure(error) === undefined) {
      throw new LabError('REJECTED', `${file} is no whole snapshot of Vault`, { next: 'Take another one.' });
    }
    throw new LabError('MISSING_SOURCE', `${file} cannot be read: ${diskFailure(error)?.reason}`);
  }
  return { file, bytes, sha256: hash.digest('hex') };
};

const away = async (source: AsyncIterable<Buffer>): Promise<void> => {
  for await (const _ of source);
};

const refused = (address: string, exchange: Parameters<typeof refusal>[1], token: Secret): LabError => {
  const error = refusal({ method: 'GET', path, address }, exchange, [reveal(token)]);
  if (error.code !== 'DENIED') return error;
  return new LabError('DENIED', error.message, {
    next: `A policy of login.apply has to grant it: path "${path}" { capabilities = ["read"] }`,
  });
};

const isThere = async (file: string): Promise<boolean> => {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
};

const onDisk = async <T>(file: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    const failure = diskFailure(error);
    if (failure === undefined) throw error;
    throw new LabError('MISSING_SOURCE', `${file} cannot be written: ${failure.reason}`);
  }
};

const taken = (file: string): LabError =>
  new LabError('GUARD', `${file} is there already, and a snapshot is never overwritten`, {
    next: 'Name another file.',
  });
