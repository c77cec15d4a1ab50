import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { bundle, bundleWithValue, item, latestOf } from './bundle.ts';
import type { Call } from './call.ts';
import { type Attributes, type SecretVersion, type StoredSecret, secretNamed, stateOf } from './content.ts';
import { page } from './page.ts';
import {
  badParameter,
  beingDeleted,
  beingRecovered,
  deletedButRecoverable,
  disabled,
  notFound,
  type Result,
} from './refusal.ts';

const attributes = z.object({
  enabled: z.boolean().optional(),
  nbf: z.int().optional(),
  exp: z.int().optional(),
});

const properties = z.object({
  contentType: z.string().max(255, 'contentType is too long').optional(),
  tags: z
    .record(z.string(), z.string().max(256, 'a tag is too long'))
    .refine((tags) => Object.keys(tags).length <= 15, 'there are more than 15 tags')
    .optional(),
  attributes: attributes.optional(),
});

const fullest = 25 * 1024;
const parameters = properties.extend({
  value: z.string().refine((value) => Buffer.byteLength(value) <= fullest, 'the value is longer than 25 KB'),
});

type Properties = z.output<typeof properties>;

/** PUT: always a new version, also for an equal value. */
export const setSecret = (call: Call): Result => {
  const given = read(parameters, call.body);
  if (!given.ok) return given.refusal;
  const [name] = call.params;
  const found = secretNamed(call.secrets, name);
  switch (stateOf(found, call.now)) {
    case 'being deleted':
      return beingDeleted;
    case 'being recovered':
      return beingRecovered;
    case 'deleted':
      return deletedButRecoverable(name);
    case 'absent':
    case 'live': {
      const second = Math.floor(call.now / 1000);
      const blank = { enabled: true, created: second, updated: second };
      const version = changed({ id: newId(), value: given.value.value, attributes: blank }, given.value, second);
      const secret: StoredSecret = found ?? { name, versions: [], life: { is: 'live', since: 0 } };
      secret.versions.push(version);
      call.secrets[name.toLowerCase()] = secret;
      call.changed();
      return { status: 200, json: bundleWithValue(call.origin, secret, version) };
    }
  }
};

/** GET of a version, or of the newest one where none is named. */
export const getSecret = (call: Call): Result => {
  const found = versionOf(call);
  if (found === undefined) return notFound(call.params.filter((part) => part !== '').join('/'));
  if (!found.version.attributes.enabled) return disabled;
  return { status: 200, json: bundleWithValue(call.origin, found.secret, found.version) };
};

/** GET of the versions without values, in the order of their ids. What is not there has none. */
export const listVersions = (call: Call): Result => {
  const secret = liveSecret(call);
  const versions = secret?.versions ?? [];
  return page(
    call,
    versions.map((version) => [version.id, secret === undefined ? {} : bundle(call.origin, secret, version)] as const),
  );
};

/** GET of all secrets without values. */
export const listSecrets = (call: Call): Result =>
  page(
    call,
    Object.entries(call.secrets)
      .filter(([, secret]) => stateOf(secret, call.now) === 'live')
      .map(([key, secret]) => [key, item(call.origin, secret)] as const),
  );

/** PATCH: what is given replaces, tags as a whole; the value stays. */
export const updateSecret = (call: Call): Result => {
  const given = read(properties, call.body);
  if (!given.ok) return given.refusal;
  const found = versionOf(call);
  if (found === undefined) return notFound(call.params.filter((part) => part !== '').join('/'));
  const version = changed(found.version, given.value, Math.floor(call.now / 1000));
  found.secret.versions[found.secret.versions.indexOf(found.version)] = version;
  call.changed();
  return { status: 200, json: bundle(call.origin, found.secret, version) };
};

const newId = (): string => randomBytes(16).toString('hex');

const liveSecret = ({ secrets, params: [name], now }: Call): StoredSecret | undefined => {
  const secret = secretNamed(secrets, name);
  return stateOf(secret, now) === 'live' ? secret : undefined;
};

const versionOf = (call: Call): { secret: StoredSecret; version: SecretVersion } | undefined => {
  const secret = liveSecret(call);
  if (secret === undefined) return undefined;
  const [, id] = call.params;
  const version = id === '' ? latestOf(secret) : secret.versions.find((candidate) => candidate.id === id.toLowerCase());
  return version === undefined ? undefined : { secret, version };
};

const changed = (before: SecretVersion, { contentType, tags, attributes: given }: Properties, second: number) => ({
  ...before,
  ...(contentType === undefined ? {} : { contentType }),
  ...(tags === undefined ? {} : { tags }),
  attributes: changedAttributes(before.attributes, given ?? {}, second),
});

const changedAttributes = (
  before: Attributes,
  { enabled, nbf, exp }: z.output<typeof attributes>,
  updated: number,
): Attributes => ({
  ...before,
  ...(enabled === undefined ? {} : { enabled }),
  ...(nbf === undefined ? {} : { nbf }),
  ...(exp === undefined ? {} : { exp }),
  updated,
});

const read = <T>(shape: z.ZodType<T>, body: unknown): { ok: true; value: T } | { ok: false; refusal: Result } => {
  const parsed = shape.safeParse(body);
  if (parsed.success) return { ok: true, value: parsed.data };
  const { path = [], message = '' } = parsed.error.issues[0] ?? {};
  return { ok: false, refusal: badParameter(`The request body is not valid: ${path.join('.')} ${message}`) };
};
