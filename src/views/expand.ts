import type { Diagnostic } from '../engine/change.ts';
import type { Ownership } from '../engine/resource.ts';
import type { Document, Exit } from './document.ts';
import { counted, table } from './text.ts';

/** One resource of the flat list. */
export interface ExpandedResource {
  readonly address: string;
  readonly ownership: Ownership;
  readonly phase: 'bootstrap' | 'production';
  readonly dependsOn: readonly string[];
  /** `file:line:col` of the line that asks for it. */
  readonly at: string;
}

/** What a manifest comes to in one environment. */
export interface Expansion {
  readonly name: string;
  readonly environment: string;
  readonly resources: readonly ExpandedResource[];
  readonly diagnostics: readonly Diagnostic[];
}

/** `lab expand --json` */
export interface ExpandDocument extends Document, Expansion {}

/** The flat list as a JSON document. */
export const expandJson = (expansion: Expansion, exit: Exit): ExpandDocument => ({
  formatVersion: 1,
  exit,
  ...expansion,
});

/** The flat list for people, in an order in which each comes after what it needs. */
export const expandText = ({ name, environment, resources }: Expansion): string => {
  const rows = table(resources.map(({ address, ownership, phase, at }) => [phase, ownership, address, at]));
  return [
    `${name} · env ${environment} · ${counted(resources.length, 'resource')}`,
    ...resources.flatMap(({ dependsOn }, index) => [
      rows[index] ?? '',
      ...dependsOn.map((address) => `            after ${address}`),
    ]),
  ].join('\n');
};
