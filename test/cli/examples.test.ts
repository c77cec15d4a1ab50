import { readdir } from 'node:fs/promises';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Parser } from '@oclif/core';
import { boolean } from '@oclif/core/flags';
import { expect, test } from 'vitest';
import Apply from '../../src/commands/apply.ts';
import Destroy from '../../src/commands/destroy.ts';
import Drift from '../../src/commands/drift.ts';
import Expand from '../../src/commands/expand.ts';
import Explain from '../../src/commands/explain.ts';
import Graph from '../../src/commands/graph.ts';
import Init from '../../src/commands/init.ts';
import PermissionsForApply from '../../src/commands/permissions/for-apply.ts';
import PermissionsForPlan from '../../src/commands/permissions/for-plan.ts';
import Plan from '../../src/commands/plan.ts';
import SandboxClouds from '../../src/commands/sandbox/clouds.ts';
import SandboxEdit from '../../src/commands/sandbox/edit.ts';
import SandboxReset from '../../src/commands/sandbox/reset.ts';
import SandboxStart from '../../src/commands/sandbox/start.ts';
import Schema from '../../src/commands/schema.ts';
import Show from '../../src/commands/show.ts';
import StateList from '../../src/commands/state/list.ts';
import StateRebuild from '../../src/commands/state/rebuild.ts';
import StateRm from '../../src/commands/state/rm.ts';
import StateShow from '../../src/commands/state/show.ts';
import StateUnlock from '../../src/commands/state/unlock.ts';
import Validate from '../../src/commands/validate.ts';
import VaultDrill from '../../src/commands/vault/drill.ts';
import VaultRecord from '../../src/commands/vault/record.ts';
import VaultRekey from '../../src/commands/vault/rekey.ts';
import VaultSnapshot from '../../src/commands/vault/snapshot.ts';
import VaultStatus from '../../src/commands/vault/status.ts';
import VaultUnseal from '../../src/commands/vault/unseal.ts';
import Verify from '../../src/commands/verify.ts';

const commands = {
  apply: Apply,
  destroy: Destroy,
  drift: Drift,
  expand: Expand,
  explain: Explain,
  graph: Graph,
  init: Init,
  'permissions for-apply': PermissionsForApply,
  'permissions for-plan': PermissionsForPlan,
  plan: Plan,
  'sandbox clouds': SandboxClouds,
  'sandbox edit': SandboxEdit,
  'sandbox reset': SandboxReset,
  'sandbox start': SandboxStart,
  schema: Schema,
  show: Show,
  'state list': StateList,
  'state rebuild': StateRebuild,
  'state rm': StateRm,
  'state show': StateShow,
  'state unlock': StateUnlock,
  validate: Validate,
  'vault drill': VaultDrill,
  'vault record': VaultRecord,
  'vault rekey': VaultRekey,
  'vault snapshot': VaultSnapshot,
  'vault status': VaultStatus,
  'vault unseal': VaultUnseal,
  verify: Verify,
};

test('every command is looked at here', async () => {
  const folder = fileURLToPath(new URL('../../src/commands', import.meta.url));
  const files = await readdir(folder, { recursive: true });
  const names = files.flatMap((file) => (file.endsWith('.ts') ? [file.slice(0, -3).replaceAll(sep, ' ')] : []));
  expect(Object.keys(commands).toSorted()).toEqual(names.toSorted());
});

test.each(Object.entries(commands))(
  'the help of %s has two examples that its own parser accepts',
  async (name, command) => {
    const examples = command.examples.map((example) => example.command.replace('<%= config.bin %>', 'lab'));
    expect(examples).toHaveLength(2);
    for (const example of examples) {
      expect(example.startsWith(`lab ${name}`)).toBe(true);
      // What comes after a pipe is another program's.
      const [words = ''] = example.slice(`lab ${name}`.length).split(/[|>]/);
      const parsing = Parser.parse(
        words.split(' ').filter((word) => word !== ''),
        {
          args: 'args' in command ? command.args : {},
          flags: { ...('flags' in command ? command.flags : {}), json: boolean() },
          strict: true,
        },
      );
      await expect(parsing, example).resolves.toBeDefined();
    }
  },
);
