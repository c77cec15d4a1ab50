import type { Duplex } from 'node:stream';
import { clusterName } from '../../../engine/cluster-name.ts';
import type { ClusterAddress, Tunnel } from '../../../engine/ports.ts';
import { LabError } from '../../../errors.ts';
import { elements, members, text, textMembers } from '../json.ts';
import type { Send } from '../wire/call.ts';
import type { Upgrade } from '../wire/transport.ts';
import { owedPods } from './owed.ts';
import { forwardProtocol, podStream } from './pod-stream.ts';

/** What a tunnel works with. */
export interface TunnelOptions {
  readonly send: Send;
  readonly upgrade: Upgrade;
  readonly context: string;
}

interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly ready: boolean;
  /** Names of its ports. */
  readonly ports: ReadonlyMap<string, number>;
}

/** A Service, as far as it says where its connections go. */
interface Target {
  readonly namespace: string;
  readonly service: string;
  readonly pods: readonly Pod[];
  /** All that it selects, as the API server shows them. */
  readonly selected: readonly unknown[];
  /** A number, or the name that each pod gives it. */
  readonly port: number | string;
}

/** Port-forward of the API server. Asks which pods there are each time: they come and go. */
export const openTunnel = ({ send, upgrade, context }: TunnelOptions): Tunnel => {
  const targetOf = async (address: ClusterAddress): Promise<Target> => {
    const { namespace, service } = named(address);
    const base = `/api/v1/namespaces/${namespace}`;
    const path = `${base}/services/${service}`;
    const found = await send({ method: 'GET', path, expects: [404] });
    if (found.status === 404) throw absent(`there is no Service ${namespace}/${service}`);
    const spec = members(members(found.body)['spec']);
    const selector = Object.entries(textMembers(spec['selector'])).map(([key, value]) => `${key}=${value}`);
    if (selector.length === 0) throw absent(`Service ${namespace}/${service} selects no pods`);
    const list = await send({
      method: 'GET',
      path: `${base}/pods?labelSelector=${encodeURIComponent(selector.join(','))}`,
    });
    const selected = elements(members(list.body)['items']);
    const pods = selected.map((item) => podOf(namespace, item));
    return {
      namespace,
      service,
      selected,
      port: targetPort(spec, address, `${namespace}/${service}`),
      pods: pods.filter((pod) => pod !== undefined).toSorted((a, b) => byOrdinal.compare(a.name, b.name)),
    };
  };

  const forward = async (namespace: string, pod: string, port: number): Promise<Duplex> => {
    const path = `/api/v1/namespaces/${namespace}/pods/${pod}/portforward?ports=${port}`;
    const stream = await upgrade(path, forwardProtocol, podStream);
    if (stream !== undefined) return stream;
    // A refused handshake tells nothing: the same question without it tells whether it is allowed, and gets a new login.
    const asked = await send({ method: 'GET', path, expects: [400, 404] }).catch(withRights);
    if (asked.status === 404) throw absent(`there is no pod ${namespace}/${pod}`);
    const again = await upgrade(path, forwardProtocol, podStream);
    if (again !== undefined) return again;
    const said = text(members(asked.body)['message']) ?? '';
    const why = /upgrade/i.test(said) || said === '' ? 'its node does not answer, or a proxy in between' : said;
    throw absent(`the API server does not forward a port of pod ${namespace}/${pod}: ${why}`);
  };

  return {
    through: `the API server of cluster ${context}`,
    members: async (address) => {
      const { namespace, service, pods, port } = await targetOf(address);
      return pods.map((pod) => ({ host: `${pod.name}.${service}.${namespace}.svc`, port: portOn(pod, port) }));
    },
    owed: async (address) => {
      const { namespace, selected } = await targetOf(address);
      return owedPods(send, namespace, selected);
    },
    dial: async (address) => {
      const { namespace, pod } = named(address);
      if (pod !== undefined) return forward(namespace, pod, address.port);
      const { service, pods, port } = await targetOf(address);
      const chosen = pods.find(({ ready }) => ready) ?? pods[0];
      if (chosen === undefined) throw absent(`no pod of Service ${namespace}/${service} runs`);
      return forward(namespace, chosen.name, portOn(chosen, port));
    },
  };
};

/** The API server refuses without saying which right is missing: since 1.35 it wants `create`, too. */
const withRights = (error: unknown): never => {
  if (!(error instanceof LabError) || error.code !== 'DENIED') throw error;
  const next = 'It takes get and create on pods/portforward, get on services and list on pods in that namespace.';
  throw new LabError('DENIED', error.message.trim().replace(/:$/, ': pods/portforward'), { ...error.detail, next });
};

const byOrdinal = new Intl.Collator('en', { numeric: true });

const absent = (message: string): LabError => new LabError('UNREACHABLE', message);

const named = ({ host }: ClusterAddress) => {
  const name = clusterName(host);
  if (name !== undefined) return name;
  throw new LabError('BAD_MANIFEST', `${host} is no name of the cluster's own DNS, and port-forward reaches no other`, {
    next: 'Write SERVICE.NAMESPACE, or POD.SERVICE.NAMESPACE.svc for one pod.',
  });
};

/** A pod that runs and stays; undefined for any other. */
const podOf = (namespace: string, item: unknown): Pod | undefined => {
  const { metadata, spec, status } = members(item);
  const { name, deletionTimestamp } = members(metadata);
  const { phase, conditions } = members(status);
  if (text(name) === undefined || deletionTimestamp !== undefined || phase !== 'Running') return undefined;
  const ports = elements(members(spec)['containers']).flatMap((container) => elements(members(container)['ports']));
  return {
    namespace,
    name: String(name),
    ready: elements(conditions).some((one) => members(one)['type'] === 'Ready' && members(one)['status'] === 'True'),
    ports: new Map(
      ports.map((port) => [String(members(port)['name']), Number(members(port)['containerPort'])] as const),
    ),
  };
};

const targetPort = (spec: Readonly<Record<string, unknown>>, { port }: ClusterAddress, service: string) => {
  const ports = elements(spec['ports']).map(members);
  const found = ports.find((one) => one['port'] === port);
  if (found === undefined) {
    const known = ports.map((one) => String(one['port'])).join(', ');
    throw new LabError('REJECTED', `Service ${service} has no port ${port}`, { next: `It has ${known || 'none'}.` });
  }
  const { targetPort: target } = found;
  return typeof target === 'number' || typeof target === 'string' ? target : port;
};

const portOn = ({ namespace, name, ports }: Pod, port: number | string): number => {
  const number = typeof port === 'number' ? port : ports.get(port);
  if (number !== undefined) return number;
  throw new LabError('REJECTED', `pod ${namespace}/${name} has no port named ${port}, to which its Service leads`);
};
