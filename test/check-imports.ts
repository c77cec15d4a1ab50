import { createRequire } from 'node:module';
import { cruise } from 'dependency-cruiser';

/** Checks the import rules of .dependency-cruiser.cjs, and that the tool really saw the code. */
const configuration = createRequire(import.meta.url)('../.dependency-cruiser.cjs');
const { output } = await cruise(['src'], {
  ...configuration.options,
  ruleSet: { forbidden: configuration.forbidden },
  validate: true,
});
if (typeof output === 'string') throw new Error('dependency-cruiser answered text');

const { violations, totalCruised } = output.summary;
for (const { rule, from, to } of violations) console.error(`${from} -> ${to}: ${rule.name}`);
// A parser that cannot read TypeScript sees nothing and finds nothing wrong.
if (totalCruised < 50) throw new Error(`dependency-cruiser saw only ${totalCruised} modules`);
console.log(`import rules: ${totalCruised} modules, ${violations.length} violations`);
process.exitCode = violations.length === 0 ? 0 : 1;
