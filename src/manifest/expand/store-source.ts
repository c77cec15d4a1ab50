import type { Path } from '../../engine/path.ts';
import { didYouMean } from '../../engine/suggest.ts';
import type { Source } from '../../secrets/source.ts';
import type { Complaint } from '../complaint.ts';
import { own } from '../own.ts';
import type { WrittenSource } from '../schema/source.ts';
import { type Given, wrong } from './draft.ts';
import { parseRemote } from './remote.ts';
import { remoteAddress } from './remote-object.ts';

/** A source with the secret that it means, or what is wrong with it. `path` is that of the value that it is the source of. */
export const settledSource = (given: Given, path: Path, written: WrittenSource): Source | Complaint => {
  if (written.from !== 'store') return written;
  const { name, key } = written.store;
  const at = [...path, 'store'];
  const { stores } = given.manifest;
  const store = own(stores, name);
  if (store === undefined) return wrong(given, at, `there is no store ${name}${didYouMean(name, Object.keys(stores))}`);
  const parsed = parseRemote(key, store);
  if (!parsed.ok) return wrong(given, at, parsed.problem);
  const { property } = parsed.remote;
  return {
    from: 'store',
    named: `${name}/${key}`,
    address: remoteAddress({ store, remote: parsed.remote }),
    ...(property === undefined ? {} : { property }),
  };
};

/** Whether it is a source, and nothing is wrong with it. */
export const isSettled = (found: Source | Complaint): found is Source => 'from' in found;

/** Whether a value is taken from a store. */
export const isTakenFrom = ({ manifest: { secrets, vault } }: Given, store: string): boolean => {
  const values = Object.values(secrets).flatMap(({ keys }) => Object.values(keys).map(({ value }) => value));
  const passwords = Object.values(vault?.mounts ?? {}).flatMap((mount) =>
    mount.type === 'database' ? Object.values(mount.connections).map(({ password }) => password) : [],
  );
  return [...values, ...passwords].some((source) => source?.from === 'store' && source.store.name === store);
};
