import { address } from '../../../engine/address.ts';
import type { WriteRequest } from '../../../engine/resource.ts';
import type { VaultClient } from '../client.ts';
import { trimSlashes } from '../path.ts';
import { inWords, recognising } from '../recognising.ts';
import { may } from '../rights.ts';
import {
  areDefaults,
  liveSettings,
  readSettings,
  resetBody,
  type Settings,
  settingsAnswer,
  settingsTraits,
  wordsOf,
} from './config.ts';

type Given = Readonly<Record<string, unknown>>;

/** What the kinds of an engine's `config/NAME` have in common: settings from mount to unmount, whose defaults count as absent. */
export const settingsKind = (
  name: 'auto-tidy' | 'crl' | 'urls',
  settings: Settings,
  toWire: (spec: Given) => Given = (spec) => spec,
) => {
  const words = wordsOf(settings);
  const path = (mount: string): readonly string[] => [mount, 'config', name];
  const send = (client: VaultClient, mount: string, spec: Given) =>
    client.write('POST', path(mount), inWords(words, toWire(spec)));
  return {
    parts: [['MOUNT']],
    fields: settingsTraits(settings),
    ownership: 'whole',
    mark: 'parent',
    writes: 'merge',
    precondition: 're-read',
    identify: ([mount = '']: readonly string[]) => [trimSlashes(mount)],
    parent: ([mount = '']: readonly string[]) => address('vault.mount', mount),
    gates: () => ['vault.active'],
    rights: ([mount = '']: readonly string[]) => ({
      plan: may(`${mount}/config/${name}`, 'read'),
      apply: may(`${mount}/config/${name}`, 'update'),
    }),
    read: async (client: VaultClient, [mount = '']: readonly string[], desired: Given) =>
      liveSettings(settings, await client.read(path(mount), settingsAnswer), desired),
    recognises: recognising(([mount = '']) => path(mount), words),
    write: (client: VaultClient, { id: [mount = ''], spec }: WriteRequest<Given>) => send(client, mount, spec),
    remove: async (client: VaultClient, [mount = '']: readonly string[]) => {
      const live = readSettings(settings, (await client.read(path(mount), settingsAnswer)) ?? {});
      if (!areDefaults(settings, live)) await send(client, mount, resetBody(settings, live));
    },
  } as const;
};
