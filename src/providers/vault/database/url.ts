const placeholder = '{{password}}';

/** What is wrong with a connection URL that holds a password itself, which Vault would show to whoever may read it. */
export const literalPassword = (url: string): string | undefined => {
  const [, inUser] = /^(?:[a-z][a-z\d+.-]*:\/\/)?[^/@:?]*:([^@]*)@/i.exec(url) ?? [];
  const [, inSetting] = /\bpassword=([^\s&;]*)/i.exec(url) ?? [];
  const literal = [inUser, inSetting].some((password) => password !== undefined && password !== placeholder);
  return literal
    ? `url must not hold the password itself; write ${placeholder} in its place and give the value as password`
    : undefined;
};
