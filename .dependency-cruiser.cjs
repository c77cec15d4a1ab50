// The import rules of docs/architecture.md, checked by test/check-imports.ts.
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const sdkFiles = [
  '^src/providers/kubernetes/client\\.ts$',
  '^src/providers/vault/sdk\\.ts$',
  '^src/providers/aws/(client|sdk|iam/send)\\.ts$',
  '^src/providers/azure/(failure|wire|login/(credential|login|visitor)|secrets/vault-(secrets|session)|arm/(arm|key-vaults|key-vault-settings|managed-identities))\\.ts$',
];

module.exports = {
  forbidden: [
    rule('no-cycles', 'a cycle has no layers', {}, { circular: true }),
    rule(
      'engine-is-pure',
      'the engine knows no SDK, file, process or terminal: only itself, secrets types, errors, state types and small pure libraries',
      { path: '^src/engine/' },
      { pathNot: ['^src/(engine|secrets|errors\\.ts)', '^src/state/store\\.ts', '^node_modules/(zod|p-limit)/', '^node:?(crypto|stream|timers/promises)$', '^(crypto|stream|timers/promises)$'] },
    ),
    rule(
      'manifest-knows-engine-types-and-kinds',
      'the manifest is expanded without a client',
      { path: '^src/manifest/' },
      { path: '^src/(providers|state|views|commands|cli|sandbox)/' },
    ),
    rule(
      'providers-keep-apart',
      'one provider never imports another: engine/ports.ts is the way',
      { path: '^src/providers/([^/]+)/' },
      { path: '^src/providers/([^/]+)/', pathNot: '^src/providers/$1/' },
    ),
    rule(
      'providers-know-no-screen',
      'providers answer data; commands and views show it',
      { path: '^src/providers/' },
      { path: ['^src/(manifest|state|views|commands|cli|sandbox)/', 'node_modules/(@oclif|listr2|json-diff)/'] },
    ),
    rule(
      'only-client-files-know-the-sdk',
      'kinds import their client as a type; the SDK stays in the files named here: a new one is a decision',
      { path: '^src/', pathNot: sdkFiles },
      { path: 'node_modules/(@kubernetes/client-node|node-vault|@azure|@aws-sdk)/' },
    ),
    rule('secrets-at-the-bottom', 'secrets import errors only', { path: '^src/secrets/' }, { path: '^src/', pathNot: '^src/(secrets/|errors\\.ts)' }),
    rule(
      'state-knows-engine-types',
      'state stores what the engine hands it',
      { path: '^src/state/' },
      { path: '^src/', pathNot: '^src/(state|engine|secrets)/|^src/(errors|process-identity)\\.ts' },
    ),
    rule(
      'views-know-data',
      'views turn engine data into text',
      { path: '^src/views/' },
      { path: '^src/', pathNot: '^src/(views|engine)/|^src/errors\\.ts|^src/(state/store|manifest/expanded|secrets/source)\\.ts' },
    ),
    rule('only-views-draw', 'terminal libraries stay in views', { path: '^src/', pathNot: '^src/views/' }, { path: 'node_modules/(listr2|json-diff)/' }),
    rule('sandbox-keeps-apart', 'the sandbox speaks the wire protocol and knows no provider', { path: '^src/sandbox/' }, { path: '^src/(providers|engine|manifest|views|commands|cli|state)/' }),
    rule('src-knows-no-tests', 'tests import src, never the other way', { path: '^src/' }, { path: '^(test|bench)/' }),
    rule('only-known-packages', 'what src imports is a dependency', { path: '^src/' }, { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'], extensions: ['.ts', '.js'] },
  },
};
