/** The port of a URL, which leaves out that of its protocol. */
export const portOf = (port: string, protocol: string): number => {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
};
