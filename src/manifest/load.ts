import type { KindFacts } from '../engine/resource.ts';
import { type Checked, type Complaint, failed, toDiagnostics, toWarnings } from './complaint.ts';
import { connectionsFor } from './connections.ts';
import type { Given } from './expand/draft.ts';
import { expandSections } from './expand/expand.ts';
import type { Expanded, Loaded, StateBackend } from './expanded.ts';
import { fillVariables } from './fill.ts';
import { fingerprintPlace, keyComplaints } from './fingerprint-place.ts';
import { digestInputs } from './inputs.ts';
import { type ManifestFile, readManifestFile } from './manifest-file.ts';
import { deploymentNeeds } from './needs.ts';
import { type Chosen, chooseEnvironment, environmentsOf } from './overlay.ts';
import { readPolicyFiles } from './policy-files.ts';
import { checkManifest } from './schema/check.ts';
import type { Manifest } from './schema/manifest.ts';
import { computedPolicies, withOwnRights } from './settle/own-rights.ts';
import { settle } from './settle/settle.ts';
import { checkValueFiles } from './value-files.ts';
import { parseYaml } from './yaml/parse.ts';

/** What a manifest is loaded from. */
export interface LoadInput {
  /** A file, or a folder with lab.yaml or lab.yml. */
  readonly path: string;
  /** undefined: `defaultEnvironment`, or `default` where there are no environments. */
  readonly environment: string | undefined;
  /** --var NAME=VALUE */
  readonly vars: Readonly<Record<string, string>>;
  readonly kinds: ReadonlyMap<string, KindFacts>;
  /** Only LAB_VAR_NAME is looked at. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Reads a manifest, lays one environment over it and expands it. Never throws for what the user wrote: all complaints come at once. */
export const loadManifest = async (input: LoadInput): Promise<Loaded> => {
  const loaded = await load(input);
  return loaded.ok
    ? { ok: true, manifest: loaded.value }
    : { ok: false, diagnostics: toDiagnostics(loaded.complaints) };
};

/** The names of a manifest's environments; none for a manifest that has none, or that cannot be read. */
export const listEnvironments = async (path: string): Promise<readonly string[]> => {
  const file = await readManifestFile(path);
  const tree = file.ok ? parseYaml(file.value.file, file.value.text) : file;
  return tree.ok ? (environmentsOf(tree.value) ?? []) : [];
};

const load = async (input: LoadInput): Promise<Checked<Expanded>> => {
  const file = await readManifestFile(input.path);
  if (!file.ok) return file;
  const tree = parseYaml(file.value.file, file.value.text);
  if (!tree.ok) return tree;
  const chosen = chooseEnvironment(tree.value, input.environment);
  return chosen.ok ? expand(input, file.value, chosen.value) : chosen;
};

const expand = async (input: LoadInput, file: ManifestFile, chosen: Chosen): Promise<Checked<Expanded>> => {
  const { environment } = chosen;
  const { folder } = file;
  const { tree, vars, ...filled } = fillVariables(chosen, { flags: input.vars, env: input.env });
  const checked = checkManifest(tree);
  if (!checked.ok) return failed([...filled.complaints, ...elsewhere(checked.complaints, filled.complaints)]);
  if (filled.complaints.length > 0) return failed(filled.complaints);
  const manifest = checked.value;
  const policies = await readPolicyFiles(manifest, tree, folder);
  const given: Given = { manifest, environment, tree, files: policies.files };

  const found = [...expandSections(given, input.kinds)];
  const drafts = found.filter((item) => item.is === 'draft');
  const settled = settle(given, drafts, input.kinds);
  const computed = computedPolicies(manifest.vault);
  const resources = withOwnRights(settled.resources, input.kinds, computed);
  const connected = connectionsFor(given, resources, folder);
  const all = [
    ...policies.complaints,
    ...found.filter((item) => item.is === 'complaint'),
    ...settled.complaints,
    ...connected.complaints,
    ...keyComplaints(given, resources, input.kinds),
    ...(await checkValueFiles(given, resources, folder)),
  ];
  if (all.length > 0) return failed(all);
  return {
    ok: true,
    value: {
      name: manifest.name,
      environment,
      folder,
      resources,
      computed,
      state: backendOf(manifest),
      fingerprints: fingerprintPlace(given),
      connections: connected.connections,
      connectionsAt: connected.writtenAt,
      needs: deploymentNeeds(manifest),
      expects: connected.expects,
      inputs: digestInputs({ bytes: [file.bytes, ...policies.bytes], environment, vars }),
      allowDestroy: manifest.allowDestroy,
      allowIrreversible: new Set(manifest.allowIrreversible),
      diagnostics: toWarnings(found.filter((item) => item.is === 'warning')),
    },
  };
};

const backendOf = ({ state: { backend, namespace } }: Manifest): StateBackend =>
  backend === 'local' ? { backend } : { backend, namespace };

// A value without its variable is not worth a second complaint.
const elsewhere = (complaints: readonly Complaint[], known: readonly Complaint[]): Complaint[] => {
  const places = new Set(known.map(({ origin }) => origin?.path));
  return complaints.filter(({ origin }) => !places.has(origin?.path));
};
