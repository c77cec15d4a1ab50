import { artifacts, matrixArtifacts } from './binaries/artifacts.ts';
import { provide } from './binaries/provide.ts';
import { sweepRunFolders } from './run-folders.ts';
import { deploy, down, status, up } from './up.ts';

const usage = `usage: node test/servers/cli.ts COMMAND
  up      start control plane and External Secrets to stay; prints the environment for a shell
  deploy  wait for the Secret crossplane-system/azure-credentials, then start Vault: plays the GitOps of examples/two-phase
  status  say what of it runs
  down    stop it, and whatever killed test runs left behind
  build   only find or build the binaries; names after it limit it to those`;

const say = (line: string) => process.stdout.write(`${line}\n`);

async function runCommand(command: string, names: readonly string[]): Promise<void> {
  switch (command) {
    case 'up': {
      for (const [name, value] of Object.entries(await up())) say(`export ${name}='${value}'`);
      return;
    }
    case 'deploy': {
      say('waiting for Secret crossplane-system/azure-credentials …');
      say(`Vault runs at ${await deploy({ namespace: 'crossplane-system', name: 'azure-credentials' })}`);
      return;
    }
    case 'status': {
      const servers = status();
      if (servers.length === 0) say('nothing runs');
      for (const { name, pid, alive } of servers) say(`${name}: ${alive ? `runs, pid ${pid}` : 'has ended'}`);
      return;
    }
    case 'down': {
      await down();
      return sweepRunFolders();
    }
    case 'build':
      return buildAll(names);
    default:
      throw new Error(usage);
  }
}

async function buildAll(names: readonly string[]): Promise<void> {
  const all = [...artifacts, ...matrixArtifacts];
  const unknown = names.filter((name) => !all.some((artifact) => artifact.name === name));
  if (unknown.length > 0)
    throw new Error(`no such artifact: ${unknown.join(', ')}; there are ${all.map(({ name }) => name).join(', ')}`);
  for (const artifact of names.length === 0 ? artifacts : all.filter(({ name }) => names.includes(name))) {
    const start = performance.now();
    const { path, from } = await provide(artifact, say);
    say(`${artifact.name}: ${from}, ${((performance.now() - start) / 1000).toFixed(1)} s, ${path}`);
  }
}

try {
  const [command = 'help', ...names] = process.argv.slice(2);
  await runCommand(command, names);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
