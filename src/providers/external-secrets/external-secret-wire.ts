import { z } from 'zod';
import { goDuration } from '../../engine/fields.ts';
import type { KubeObject } from '../../engine/ports.ts';
import type { Fields } from '../../engine/value.ts';
import { byKey, defaultRefresh, type ExternalSecretSpec, type Template } from './external-secret-spec.ts';
import { parseGoDuration } from './go-duration.ts';

const json = z.json();

/** An object of which some members are known, and the others are any JSON. */
const open = <Shape extends z.ZodRawShape>(known: Shape) => z.object(known).catchall(json);

const liveTemplate = open({ metadata: z.record(z.string(), json).optional() });

// The parse boundary: definitions on the server guarantee more than is asked for here.
const wireSchema = z.object({
  secretStoreRef: z.object({ name: z.string().default(''), kind: z.string().default('') }).optional(),
  refreshInterval: z.string().optional(),
  refreshPolicy: z.string().optional(),
  target: open({ template: liveTemplate.optional() }).optional(),
  data: z
    .array(open({ secretKey: z.string(), remoteRef: open({ key: z.string(), property: z.string().optional() }) }))
    .optional(),
  dataFrom: z
    .array(
      open({ sourceRef: open({ generatorRef: open({ kind: z.string(), name: z.string() }).optional() }).optional() }),
    )
    .optional(),
});

/** A live ExternalSecret's spec in the words of External Secrets. */
export type WireSpec = z.output<typeof wireSchema>;

/** The live spec, parsed. */
export const wireSpecOf = (object: KubeObject): WireSpec => wireSchema.parse(object['spec'] ?? {});

// Defaults that definitions of some versions write into every entry; they change nothing.
const harmless: Readonly<Record<string, string>> = {
  conversionStrategy: 'Default',
  decodingStrategy: 'None',
  metadataPolicy: 'None',
  nullBytePolicy: 'Ignore',
};

/** What a live ExternalSecret says, in the spec's words; settings that lab has no word for stay under their own names. */
export const externalSecretSpecOf = (object: KubeObject): Fields => {
  const { secretStoreRef, refreshInterval, target, data, dataFrom } = wireSpecOf(object);
  const [generator] = (dataFrom ?? []).flatMap(({ sourceRef }) => sourceRef?.generatorRef ?? []);
  const refresh = refreshInterval === undefined ? undefined : parseGoDuration(refreshInterval);
  return {
    name: object.metadata.name,
    ...(secretStoreRef === undefined
      ? {}
      : { store: { name: secretStoreRef.name, kind: secretStoreRef.kind || 'SecretStore' } }),
    ...(generator === undefined ? {} : { generator: { kind: generator.kind, name: generator.name } }),
    ...(refresh === undefined ? {} : { refresh }),
    // Without a name of its own the Secret is called like the ExternalSecret.
    target: json.parse({ name: object.metadata.name, ...target }),
    ...(data === undefined ? {} : { data: data.map(entryOf).toSorted(byKey) }),
  };
};

const entryOf = ({ secretKey, remoteRef, ...others }: NonNullable<WireSpec['data']>[number]) => {
  const said = Object.entries(remoteRef).filter(([name, value]) => harmless[name] !== value);
  const remote = said.map(([name, value]) => [name === 'decodingStrategy' ? 'decode' : name, value]);
  return { key: secretKey, remote: json.parse(Object.fromEntries(remote)), ...others };
};

/** What the server has, as far as a write has to know it. */
export interface Standing {
  /** undefined for an object that is not there yet. */
  readonly live: WireSpec | undefined;
  /** Whether `refresh` was in the manifest before and is not any more. */
  readonly refreshRemoved: boolean;
}

/** The spec as External Secrets has it. Empty maps are left out. */
export const wireSpec = (spec: ExternalSecretSpec, standing: Standing) => ({
  refreshInterval: refreshText(spec.refresh, standing),
  ...(spec.store === undefined ? {} : { secretStoreRef: spec.store }),
  ...targetOf(spec, standing),
  ...(spec.data === undefined ? {} : { data: spec.data.map(dataOf) }),
  ...(spec.generator === undefined
    ? {}
    : { dataFrom: [{ sourceRef: { generatorRef: { apiVersion: generators, ...spec.generator } } }] }),
});

const generators = 'generators.external-secrets.io/v1alpha1';

const dataOf = ({ key, remote: { decode, ...remote } }: NonNullable<ExternalSecretSpec['data']>[number]) => ({
  secretKey: key,
  remoteRef: { ...remote, ...(decode === undefined ? {} : { decodingStrategy: decode }) },
});

// Sent always, also where the manifest leaves it open, and in Go's normal form: External Secrets before 1.1.1 adds its
// finalizer with an update of the whole object, in which it rewrites the interval that is not in this form and so
// becomes its owner; every later change by lab would be a conflict. A text that means the same stays as it is.
const refreshText = (wanted: number | undefined, { live, refreshRemoved }: Standing): string => {
  const text = live?.refreshInterval;
  const seconds = text === undefined ? undefined : parseGoDuration(text);
  const next = wanted ?? (refreshRemoved ? defaultRefresh : (seconds ?? defaultRefresh));
  return text !== undefined && seconds === next ? text : goDuration(next);
};

// Without a template External Secrets copies its own labels and annotations to the Secret, and so lab's ownership mark:
// the Secret would look like lab's. One that only states defaults keeps them apart. An object that has lived without a
// template (somebody else made it) stays so: labels on its Secret may be in use.
const targetOf = ({ target }: ExternalSecretSpec, { live }: Standing): { readonly target?: object } => {
  const { template, ...others } = target ?? {};
  const before = live?.target?.template;
  const templated = template !== undefined || live === undefined || before !== undefined;
  const whole = { ...others, ...(templated ? { template: templateOf(template ?? {}, before) } : {}) };
  return Object.keys(whole).length === 0 ? {} : { target: whole };
};

// The update in which External Secrets before 1.1.1 adds its finalizer also writes an empty metadata where there is
// none: one that is there already stays lab's, and the generation stays as it is. Other empty maps are left out, and
// this one too once entries go: of a map whose last entry goes the API server makes null, and refuses that.
const templateOf = (
  { metadata = {}, ...template }: Template,
  before: z.output<typeof liveTemplate> | undefined,
): object => {
  const filled = withoutEmpty(metadata);
  const hadNone = Object.keys(before?.metadata ?? {}).length === 0;
  const kept = hadNone || Object.keys(filled).length > 0;
  return { engineVersion: 'v2', ...withoutEmpty(template), ...(kept ? { metadata: filled } : {}) };
};

const withoutEmpty = (fields: object): object =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => typeof value !== 'object' || Object.keys(value).length > 0),
  );
