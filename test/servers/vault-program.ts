import { type Artifact, openbao, vault } from './binaries/artifacts.ts';

/** One of the two servers of Vault's API; they share flags and configuration. */
export type Program = {
  /** As lab names the product. */
  name: 'vault' | 'openbao';
  artifact: Artifact;
};

const programs: readonly Program[] = [
  { name: 'vault', artifact: vault },
  { name: 'openbao', artifact: openbao },
];

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
