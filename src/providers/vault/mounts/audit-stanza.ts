import { quote as quoted } from '../policy/hcl.ts';

/** The stanza of a server's configuration that says what a device of the manifest does. Source: openbao.org, "audit" stanza. */
export const auditStanza = (
  path: string,
  {
    type,
    description,
    options,
  }: {
    readonly type: string;
    readonly description?: string | undefined;
    readonly options: Readonly<Record<string, string>>;
  },
): string => {
  const inside = Object.entries(options).map(([name, value]) => `${name} = ${quoted(value)}`);
  const fields = [
    ...(description === undefined ? [] : [`description = ${quoted(description)}`]),
    `options { ${inside.join(' ')} }`,
  ];
  return `audit ${quoted(type)} ${quoted(path)} { ${fields.join(' ')} }`;
};
