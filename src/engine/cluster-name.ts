/** What a name of a cluster's DNS stands for: a Service, or one pod behind it. */
export interface ClusterName {
  readonly namespace: string;
  readonly service: string;
  readonly pod?: string;
}

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/**
 * `SERVICE.NAMESPACE`, with or without `.svc` and what follows, or `POD.SERVICE.NAMESPACE.svc`, which needs it to be told
 * from a host of elsewhere; undefined for any other.
 */
export const clusterName = (host: string): ClusterName | undefined => {
  const labels = host.replace(/\.svc(\..*)?$/, '').split('.');
  if (!labels.every((one) => label.test(one)) || labels.every((one) => /^\d+$/.test(one))) return undefined;
  const [namespace, service, pod, ...more] = labels.toReversed();
  if (namespace === undefined || service === undefined || more.length > 0) return undefined;
  if (pod !== undefined && !/\.svc(\.|$)/.test(host)) return undefined;
  return { namespace, service, ...(pod === undefined ? {} : { pod }) };
};
