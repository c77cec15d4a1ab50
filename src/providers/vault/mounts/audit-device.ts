import { z } from 'zod';
import { defineKind } from '../../../engine/define-kind.ts';
import { LabError } from '../../../errors.ts';
import type { VaultClient } from '../client.ts';
import { trimSlashes } from '../path.ts';
import { differenceOf } from '../product.ts';
import { recognising } from '../recognising.ts';
import { may } from '../rights.ts';
import { auditStanza } from './audit-stanza.ts';
import { splitMark, withMark } from './entry.ts';

const schema = z.strictObject({
  type: z.enum(['file', 'syslog', 'socket']),
  description: z.string().optional().describe('For people; lab adds its ownership mark to it in Vault.'),
  local: z.boolean().optional().describe('Not replicated to other clusters.'),
  options: z.record(z.string(), z.string()).describe('Of the type: file_path of file, address of socket, …'),
});

const device = z.object({
  type: z.string(),
  description: z.string(),
  local: z.boolean(),
  options: z.record(z.string(), z.string()).nullish(),
});

const devices = z.record(z.string(), device);

/** A place that Vault logs every request and answer to. Vault can only make and remove one, so every change replaces it. */
export const auditDevice = defineKind<typeof schema.shape, VaultClient>({
  kind: 'vault.audit-device',
  parts: [['PATH']],
  schema,
  fields: {
    type: { immutable: true },
    description: { immutable: true },
    local: { immutable: true },
    options: { immutable: true, destination: true, exact: true },
  },
  ownership: 'whole',
  mark: 'own',
  writes: 'replace',
  precondition: 're-read',
  // Two at once, and Vault answers one of them 500: it cannot log the answer to a device that was not there at the request.
  exclusive: () => 'vault.audit',
  protect: 'while it is off nothing goes to its log, and its successor hashes with another salt',
  identify: ([path = '']) => [trimSlashes(path)],
  gates: () => ['vault.active'],
  // All devices: they come before the policy that would have to name a new one, and who may set up one may end the log anyway.
  rights: () => ({ plan: may('sys/audit', 'read', 'sudo'), apply: may('sys/audit/*', 'update', 'delete', 'sudo') }),
  check: ({ options }) =>
    options['log_raw'] === 'true'
      ? 'options: log_raw writes secrets into the log; lab makes no such device'
      : undefined,
  read: async (client, [path = '']) => {
    const live = (await client.read(['sys', 'audit'], devices))?.[`${path}/`];
    if (live === undefined) return { exists: 'no' };
    const { description, mark } = splitMark(live.description);
    return {
      exists: 'yes',
      spec: { type: live.type, description, local: live.local, options: live.options ?? {} },
      outputs: {},
      ...(mark === undefined ? {} : { mark }),
    };
  },
  inventory: async (client) =>
    Object.entries((await client.read(['sys', 'audit'], devices)) ?? {}).map(([path, { description }]) => {
      const { mark } = splitMark(description);
      return { id: [trimSlashes(path)], ...(mark === undefined ? {} : { mark }) };
    }),
  recognises: recognising(([path = '']) => ['sys', 'audit', path], {
    type: 'type',
    description: 'description',
    local: 'local',
    options: 'options',
  }),
  write: async (client, { id: [path = ''], spec, mark }) => {
    const description = withMark(spec.description ?? '', mark);
    try {
      await client.write('POST', ['sys', 'audit', path], { ...spec, description });
    } catch (error) {
      throw await explained(client, error, path, spec);
    }
  },
  remove: (client, [path = '']) => client.remove(['sys', 'audit', path]),
});

/** Where devices come from the server's configuration, that is what to write there: without our mark, as lab does not own it. */
const explained = async (
  client: VaultClient,
  error: unknown,
  path: string,
  spec: z.output<typeof schema>,
): Promise<unknown> => {
  if (!(error instanceof LabError) || error.code !== 'REJECTED') return error;
  if (differenceOf('auditByApi', await client.product()) || !error.message.includes('via API')) return error;
  return new LabError('REJECTED', error.message, {
    next: `OpenBao takes audit devices from its configuration: add ${auditStanza(path, spec)} on each server, and send it SIGHUP.`,
  });
};
