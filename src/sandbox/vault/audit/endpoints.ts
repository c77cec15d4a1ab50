import { type AuditDevice, entryOf } from '../content.ts';
import { type Call, type Endpoint, endpoint } from '../endpoint.ts';
import type { Values } from '../fields.ts';
import { type Data, done, foundRepeated, type Result, refused } from '../result.ts';

const deviceFields = { type: 'string', description: 'string', options: 'pairs', local: 'bool' } as const;

const types = ['file', 'socket', 'syslog'];

/** Vault ends every complaint about a device with these words. */
const invalid = (complaint: string): Result => refused(400, `${complaint}: invalid configuration`);

const pathOf = (call: Call): string => `${call.params[0] ?? ''}/`;

/** Turns a device on. The sandbox logs nothing: nobody could ask it for the log. */
const enable = (call: Call, given: Values<typeof deviceFields>): Result => {
  const { audit } = call.vault.content;
  const { type = '', description = '', options = {}, local = false } = given;
  if (entryOf(audit, pathOf(call)) !== undefined) return invalid('path already in use');
  if (!types.includes(type)) return invalid(`unknown backend type: "${type}"`);
  if (type === 'file' && options['file_path'] === undefined) {
    return invalid('unable to create new audit backend: "file_path" is required');
  }
  audit[pathOf(call)] = { type, description, options, local };
  call.vault.changed();
  return done;
};

const describe = (path: string, { type, description, options, local }: AuditDevice): Data => ({
  type,
  description,
  options,
  local,
  path,
});

const disable = (call: Call): Result => {
  delete call.vault.content.audit[pathOf(call)];
  call.vault.changed();
  return done;
};

/** `sys/audit…`. */
export const auditEndpoints: readonly Endpoint[] = [
  endpoint({
    pattern: /^audit$/,
    fields: {},
    on: {
      read: ({ vault }) =>
        foundRepeated(
          Object.fromEntries(
            Object.entries(vault.content.audit).map(([path, device]) => [path, describe(path, device)]),
          ),
        ),
    },
  }),
  endpoint({ pattern: /^audit\/(.+)$/, fields: deviceFields, on: { update: enable, delete: disable } }),
];
