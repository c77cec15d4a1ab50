import type { Document } from './document.ts';
import { noScreen, type Screen } from './screen.ts';
import { oneLine } from './text.ts';

/** A snapshot that was taken. */
export interface SnapshotTaken {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  /** The server that gave it. */
  readonly address: string;
  readonly clusterId: string;
  readonly version: string;
  /** ISO time. */
  readonly takenAt: string;
}

/** `lab vault snapshot --json` */
export interface SnapshotDocument extends Document, SnapshotTaken {}

/** The same for people. */
export const snapshotText = (
  { file, bytes, sha256, address, version }: SnapshotTaken,
  next: string,
  { style }: Screen = noScreen,
): string =>
  [
    style.good(`${oneLine(file)}: ${bytes} bytes of Vault ${version} at ${oneLine(address)}, read back whole`),
    `sha256 ${sha256}`,
    'Its values are encrypted; it takes the shares that count now to open it. Keep it apart from them.',
    '',
    next,
  ].join('\n');
