import type { AccountLink, Link } from './link.ts';
import type { Node } from './node.ts';

/** A link, with the resource that it is of. */
export interface At<Of extends Link> {
  readonly node: Node;
  readonly link: Of;
}

/** For people: the service account and where it is written. */
export const whose = ({ node, link: { namespace, name } }: At<AccountLink>): string =>
  `service account ${namespace}/${name} (${placeOf(node)})`;

/** `lab.yaml:12` */
export const placeOf = ({ resource: { origin } }: Node): string => `${origin.file}:${origin.line}`;
