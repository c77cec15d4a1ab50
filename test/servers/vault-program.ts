import { type Artifact, openbao, vault } from './binaries/artifacts.ts';

/** One of the two servers of Vault's API; they share flags and configuration. */
export type Program = {
  /** As lab names the product. */
  name: 'vault' | 'openbao';
  artifact: Artifact;
  version: string;
  /** What it closes from the start and tests use: settings of the server, and of its listener. */
  opened: { server: Readonly<Record<string, unknown>>; listener: Readonly<Record<string, unknown>> };
};

const vaultProgram: Program = {
  name: 'vault',
  artifact: vault,
  version: '1.21.4',
  opened: { server: {}, listener: {} },
};

const openBaoProgram: Program = {
  name: 'openbao',
  artifact: openbao,
  version: '2.7.2',
  opened: {
    server: { unsafe_allow_api_audit_creation: true },
    listener: { disable_unauthed_rekey_endpoints: false, disable_unauthed_generate_root_endpoints: false },
  },
};

/** OpenBao as its project ships it. */
export const shippedOpenBao: Program = { ...openBaoProgram, opened: { server: {}, listener: {} } };

const programs: readonly Program[] = [vaultProgram, openBaoProgram];

/** Names the program that servers are started with; test:real sets it for its pass `OpenBao`. */
export const programVariable = 'LAB_TEST_VAULT_PRODUCT';

/** The program of this run. */
export function chosenProgram(): Program {
  const name = process.env[programVariable] ?? 'vault';
  const found = programs.find((program) => program.name === name);
  if (found === undefined)
    throw new Error(`${programVariable} is ${name}; there are ${programs.map((one) => one.name).join(' and ')}`);
  return found;
}
