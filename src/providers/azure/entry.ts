import type { GateState } from '../../engine/gate.ts';
import type { Settled } from '../../engine/resource.ts';
import { LabError } from '../../errors.ts';
import { readVault } from './arm/key-vaults.ts';
import type { AzureClient } from './client.ts';
import type { AzureConfig } from './config.ts';

const prefix = 'azure.entry/';

/** The gate that opens once a vault lets lab in. */
export const entryGate = (vault: string): string => `${prefix}${vault}`;

/** Whether a vault lets lab in. It hears of a new assignment after seconds, in bad cases after ten minutes; lab can try. */
export const entered = async (client: AzureClient, vault: string, label: string): Promise<Settled> => {
  try {
    await client.vault(vault).versions('lab');
    return { state: 'done' };
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    if (error.code === 'DENIED') return { state: 'waiting', because: unheard(vault, label) };
    // A new vault's name takes a while to be known, too.
    if (error.code !== 'UNREACHABLE') throw error;
    return { state: 'waiting', because: `the vault ${vault} cannot be reached yet: ${error.message}` };
  }
};

/**
 * Only vaults that the manifest lets lab into are asked. One that is not there yet holds nothing back: what is in it is
 * known to be absent.
 */
export const entryState = async (
  client: AzureClient,
  own: AzureConfig['entered'],
  gate: string,
): Promise<GateState> => {
  if (!gate.startsWith(prefix)) return { state: 'broken', because: `Azure has no gate "${gate}"` };
  const name = gate.slice(prefix.length);
  const found = own.find(({ vault }) => vault === name);
  if (found === undefined || (await readVault(client.arm(), found.group, found.vault)) === undefined) {
    return { state: 'open' };
  }
  try {
    await client.vault(name).versions('lab');
    return { state: 'open' };
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    // Anything else is an error of whatever is looked at in it, which says it better.
    return error.code === 'DENIED' ? { state: 'shut', because: unheard(name, 'lab itself') } : { state: 'open' };
  }
};

const unheard = (vault: string, label: string): string =>
  `the vault ${vault} has not heard of the role of ${label} yet`;
