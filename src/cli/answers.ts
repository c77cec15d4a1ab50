import type { Plan } from '../engine/change.ts';
import { driftOf } from '../engine/drift.ts';
import type { Inventory } from '../engine/inventory.ts';
import type { VerifyReport } from '../engine/verify.ts';
import { type ApplyDocument, applyJson, applyText } from '../views/apply.ts';
import { type DriftDocument, driftJson, driftText } from '../views/drift.ts';
import type { Screen } from '../views/screen.ts';
import { isInService, type VaultDocument, type VaultLook, vaultJson, vaultText } from '../views/vault.ts';
import { type DrillDocument, type DrillLine, drillText } from '../views/vault-drill.ts';
import {
  isOfCurrent,
  type RecordDocument,
  type RecordedThing,
  type RecordLook,
  recordText,
} from '../views/vault-record.ts';
import { type RekeyDocument, type RekeyDone, rekeyJson, rekeyText } from '../views/vault-rekey.ts';
import { type SnapshotDocument, type SnapshotTaken, snapshotText } from '../views/vault-snapshot.ts';
import { type VerifyDocument, verifyJson, verifyText } from '../views/verify.ts';
import type { CarriedOut, Request } from './carry-out.ts';
import { allowedAddresses, applyExit, driftExit, exitFor, success, verifyExit } from './exit-code.ts';
import type { ManifestFlags } from './flags.ts';
import { afterApply, afterDrift, afterVault, afterVerify, nextCommand } from './next-command.ts';

/** A command's answer in both forms. */
export interface Answer<Document> {
  readonly document: Document;
  readonly text: string;
}

/** The answer of apply and destroy. */
export const applyAnswer = (
  { plan, result, stale }: CarriedOut,
  { mode, flags }: Request,
  allowDeferred: readonly string[],
): Answer<ApplyDocument> => {
  const exit = applyExit(result, { stale, allowed: allowedAddresses(plan, allowDeferred) });
  const next = afterApply(exit, mode, flags);
  return {
    document: applyJson(result, plan.owner, exit),
    text: applyText(result, mode === 'destroy' ? 'Destroyed' : 'Applied', next),
  };
};

/** The answer of drift. */
export const driftAnswer = async (
  { plan, inventory }: { readonly plan: Plan; readonly inventory: Inventory },
  flags: ManifestFlags & { readonly 'allow-deferred': readonly string[] },
  screen: Screen,
): Promise<Answer<DriftDocument>> => {
  const report = driftOf(plan, inventory);
  const exit = driftExit(report, allowedAddresses(plan, flags['allow-deferred']));
  return {
    document: driftJson(report, exit),
    text: await driftText(report, afterDrift(exit, flags, report.lost), screen),
  };
};

/** The answer of verify. */
export const verifyAnswer = (
  report: VerifyReport,
  flags: ManifestFlags & { readonly 'allow-deferred': readonly string[] },
  screen: Screen,
): Answer<VerifyDocument> => {
  const exit = verifyExit(report, flags['allow-deferred']);
  return { document: verifyJson(report, exit), text: verifyText(report, afterVerify(exit, flags), screen) };
};

/** The answer of vault status and vault unseal. */
export const vaultAnswer = (look: VaultLook, flags: ManifestFlags, screen: Screen): Answer<VaultDocument> => {
  const exit = exitFor({ refused: look.problem !== undefined, incomplete: !isInService(look) });
  return { document: vaultJson(look, exit), text: vaultText(look, afterVault(look, flags), screen) };
};

/** The answer of vault drill. */
export const drillAnswer = (steps: readonly DrillLine[], screen: Screen): Answer<DrillDocument> => {
  const has = (is: DrillLine['is']) => steps.some((step) => step.is === is);
  const exit = exitFor({ error: has('failed'), incomplete: has('not tried') });
  return { document: { formatVersion: 1, exit, steps }, text: drillText(steps, screen) };
};

/** The answer of vault record. */
export const recordAnswer = (look: RecordLook, screen: Screen): Answer<RecordDocument> => {
  const { stores, copies } = look.looked;
  const has = (is: RecordedThing['is']) => [...stores, ...copies].some((one) => one.is === is);
  const isLost = [...stores, ...copies.filter((one) => isOfCurrent(look, one))].some(({ is }) => is === 'gone');
  const exit = exitFor({ refused: has('other') || isLost, incomplete: has('unread') });
  return { document: { formatVersion: 1, exit, ...look }, text: recordText(look, screen) };
};

/** The answer of vault snapshot. */
export const snapshotAnswer = (
  taken: SnapshotTaken,
  flags: ManifestFlags,
  screen: Screen,
): Answer<SnapshotDocument> => ({
  document: { formatVersion: 1, exit: success, ...taken },
  text: snapshotText(
    taken,
    `Next: ${nextCommand(['vault', 'drill'], flags, ['--snapshot', taken.file])}   (whether it and the escrow bring Vault back)`,
    screen,
  ),
});

/** The answer of vault rekey. */
export const rekeyAnswer = (done: RekeyDone, flags: ManifestFlags, screen: Screen): Answer<RekeyDocument> => {
  const document = rekeyJson(done, success);
  return { document, text: rekeyText(document, `Next: ${nextCommand(['vault', 'snapshot', 'FILE'], flags)}`, screen) };
};
