import { expect, test } from 'vitest';
import { type DependencyGraph, graphMermaid, graphText } from '../../src/views/graph.ts';

const graph: DependencyGraph = {
  name: 'demo',
  environment: 'kind',
  resources: [
    { address: 'kubernetes.namespace/a', phase: 'bootstrap', dependsOn: [] },
    { address: 'kubernetes.secret/a/b', phase: 'bootstrap', dependsOn: ['kubernetes.namespace/a'] },
    { address: 'kubernetes.service-account/a/c', phase: 'bootstrap', dependsOn: ['kubernetes.namespace/a'] },
    { address: 'vault.mount/secret', phase: 'production', dependsOn: ['kubernetes.secret/a/b'] },
    {
      address: 'vault.kv-secret/secret/x%2Fy',
      phase: 'production',
      dependsOn: ['kubernetes.secret/a/b', 'vault.mount/secret'],
    },
    {
      address: 'external-secrets.external-secret/a/z',
      phase: 'production',
      dependsOn: ['vault.kv-secret/secret/x%2Fy', 'vault.mount/secret'],
    },
  ],
};

test('a graph is a tree for each phase, with every resource once and what it needs elsewhere beside it', () => {
  expect(graphText(graph)).toMatchInlineSnapshot(`
    "demo · env kind · 6 resources

    bootstrap
      kubernetes.namespace/a
      ├─ kubernetes.secret/a/b
      └─ kubernetes.service-account/a/c

    production
      vault.mount/secret   after kubernetes.secret/a/b
      └─ vault.kv-secret/secret/x%2Fy   after kubernetes.secret/a/b
         └─ external-secrets.external-secret/a/z"
  `);
});

test('a graph as Mermaid has its phases as groups, and an arrow from each need', () => {
  expect(graphMermaid(graph)).toMatchInlineSnapshot(`
    "flowchart LR
      subgraph bootstrap
        r0["kubernetes.namespace/a"]
        r1["kubernetes.secret/a/b"]
        r2["kubernetes.service-account/a/c"]
      end
      subgraph production
        r3["vault.mount/secret"]
        r4["vault.kv-secret/secret/x%2Fy"]
        r5["external-secrets.external-secret/a/z"]
      end
      r0 --> r1
      r0 --> r2
      r1 --> r3
      r1 --> r4
      r3 --> r4
      r4 --> r5
      r3 --> r5"
  `);
});

test('Mermaid gets no character that it would read as its own', () => {
  const [node] = graphMermaid({
    ...graph,
    resources: [{ address: 'a.b/c"];#x<y>', phase: 'bootstrap', dependsOn: [] }],
  })
    .split('\n')
    .filter((line) => line.includes('r0'));
  expect(node).toBe('    r0["a.b/c#quot;];#35;x#lt;y#gt;"]');
});
