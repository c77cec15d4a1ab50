import { entryOf } from '../content.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { foundRepeated, refused } from '../result.ts';
import { mount, mountFields, unmount } from './mount.ts';
import { describeEntry, entriesOf, pathOf, tables } from './table.ts';
import { readTune, tune, tuneFields } from './tune.ts';

/** `sys/mounts…` and `sys/auth…`. */
export const mountEndpoints: readonly Endpoint[] = tables.flatMap((table) => [
  endpoint({
    pattern: new RegExp(`^${table.name}$`),
    fields: {},
    on: {
      read: ({ vault }) =>
        foundRepeated(
          Object.fromEntries(
            Object.entries(entriesOf(vault.content, table)).map(([path, entry]) => [path, describeEntry(table, entry)]),
          ),
        ),
    },
  }),
  endpoint({
    pattern: new RegExp(`^${table.name}/(.+)/tune$`),
    fields: tuneFields,
    on: { read: (call) => readTune(call, table), update: (call, values) => tune(call, table, values) },
  }),
  endpoint({
    pattern: new RegExp(`^${table.name}/(.*[^/])/?$`),
    fields: mountFields,
    on: {
      read: (call) => {
        const entry = entryOf(entriesOf(call.vault.content, table), pathOf(call));
        return entry === undefined
          ? refused(400, table.missing(pathOf(call)))
          : foundRepeated(describeEntry(table, entry));
      },
      update: (call, values) => mount(call, table, values),
      delete: (call) => unmount(call, table),
    },
  }),
]);
