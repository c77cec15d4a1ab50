import type { VisitLink } from '../../engine/link.ts';
import { type Fields, isFields, type Value } from '../../engine/value.ts';

const clientId = 'azure.workload.identity/client-id';
const tenantId = 'azure.workload.identity/tenant-id';

/**
 * The service account that a store logs in to a cloud with, and what External Secrets reads off its annotations.
 * `within` is a SecretStore's namespace. Source: its Azure and AWS providers.
 */
export const storeVisit = (provider: Value | undefined, within: string | undefined): VisitLink | undefined => {
  const { azurekv, aws } = fieldsOf(provider);
  if (isFields(azurekv) && azurekv['authType'] === 'WorkloadIdentity') {
    const secret = fieldsOf(azurekv['authSecretRef']);
    const said = {
      ...(secret['clientId'] === undefined ? {} : { [clientId]: 'azurekv.authSecretRef.clientId' }),
      ...(azurekv['tenantId'] === undefined ? {} : { [tenantId]: 'azurekv.tenantId' }),
      ...(secret['tenantId'] === undefined ? {} : { [tenantId]: 'azurekv.authSecretRef.tenantId' }),
    };
    return visitOf(azurekv['serviceAccountRef'], within, { needs: clientId in said ? [] : [clientId], said });
  }
  const jwt = fieldsOf(fieldsOf(fieldsOf(aws)['auth'])['jwt']);
  return visitOf(jwt['serviceAccountRef'], within, { needs: ['eks.amazonaws.com/role-arn'], said: {} });
};

const visitOf = (
  ref: Value | undefined,
  within: string | undefined,
  rest: Pick<VisitLink, 'needs' | 'said'>,
): VisitLink | undefined => {
  const { name, namespace = within } = fieldsOf(ref);
  return typeof name === 'string' && typeof namespace === 'string'
    ? { is: 'visit', namespace, name, ...rest }
    : undefined;
};

const fieldsOf = (value: Value | undefined): Fields => (isFields(value) ? value : {});
