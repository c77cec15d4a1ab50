import { inject } from 'vitest';
import { openApi } from '../../sandbox/kubernetes/api.ts';
import { describeKubernetesApi } from '../../sandbox/kubernetes/describe-api.ts';

describeKubernetesApi('the real server', () => openApi(inject('servers').kubeconfig));
