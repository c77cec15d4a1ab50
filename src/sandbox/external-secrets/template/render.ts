import { fail } from '../failure.ts';
import { functions, isList, printed, type TemplateValue } from './functions.ts';
import { type Command, type Operand, type Pipeline, parseTemplate } from './parse.ts';

/**
 * Renders one template with the fetched values, as the operator's engine v2 does. `name` is the key that it stands at.
 * Fails for what it does not understand, so that a template never gives another value than it would in a cluster.
 */
export const render = (name: string, template: string, data: Readonly<Record<string, string>>): string => {
  const parsed = parseTemplate(template);
  if (!parsed.ok)
    return fail(`unable to parse template at key ${name}: template: ${name}:${parsed.line}: ${parsed.error}`);
  const unknown = parsed.parts.flatMap((part) => (part.is === 'action' ? unknownFunctions(part.pipeline) : []))[0];
  if (unknown !== undefined) {
    const { name: word, at } = unknown;
    const line = at.slice(0, at.indexOf(':'));
    return fail(`unable to parse template at key ${name}: template: ${name}:${line}: function "${word}" not defined`);
  }
  const run = renderer(name, data);
  return parsed.parts.map((part) => (part.is === 'text' ? part.text : printed(run(part.pipeline)))).join('');
};

const isKnown = (name: string): boolean => name === 'index' || Object.hasOwn(functions, name);

const unknownFunctions = (pipeline: Pipeline): { name: string; at: string }[] =>
  pipeline.flatMap((command) => {
    const operands = command.is === 'call' ? command.operands : [command.operand];
    const inner = operands.flatMap((operand) => (operand.is === 'pipeline' ? unknownFunctions(operand.pipeline) : []));
    return command.is === 'call' && !isKnown(command.name) ? [command, ...inner] : inner;
  });

const renderer = (name: string, data: Readonly<Record<string, string>>) => {
  const broken = (at: string, what: string, error: string): never =>
    fail(
      `unable to execute template at key ${name}: template: ${name}:${at}: executing "${name}" at <${what}>: ${error}`,
    );

  const member = (key: string, at: string, what: string): string =>
    Object.hasOwn(data, key) ? (data[key] ?? '') : broken(at, what, `map has no entry for key ${JSON.stringify(key)}`);

  const field = (path: readonly string[], at: string): string => {
    const [key = '', ...rest] = path;
    const what = `.${path.join('.')}`;
    if (rest.length > 0) return broken(at, what, `can't evaluate field ${rest[0] ?? ''} in type string`);
    return member(key, at, what);
  };

  const valueOf = (operand: Operand): TemplateValue => {
    switch (operand.is) {
      case 'value':
        return operand.value;
      case 'data':
        return data;
      case 'field':
        return field(operand.path, operand.at);
      case 'pipeline':
        return run(operand.pipeline);
    }
  };

  const call = (command: Command, piped: readonly TemplateValue[]): TemplateValue => {
    if (command.is === 'operand') return valueOf(command.operand);
    const given = [...command.operands.map(valueOf), ...piped];
    if (command.name !== 'index') return functions[command.name]?.(...given) ?? null;
    const [of, key] = given;
    // `index` answers nothing for a key that is not there; only the dot complains.
    if (isList(of)) return of[Number(key)] ?? '';
    if (typeof of === 'object' && of !== null) return of[printed(key ?? null)] ?? '';
    return broken(command.at, 'index', `can't index item of type ${typeof of}`);
  };

  const run = (pipeline: Pipeline): TemplateValue => {
    let value: TemplateValue | undefined;
    for (const command of pipeline) value = call(command, value === undefined ? [] : [value]);
    return value ?? null;
  };
  return run;
};
