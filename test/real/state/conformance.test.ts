import { vi } from 'vitest';
import { describeStateStore } from '../../state/conformance.ts';
import { clusterCase } from './cluster-case.ts';

// Several processes start in turn, on machines that may be busy.
vi.setConfig({ testTimeout: 120_000 });

describeStateStore('clusterStore', clusterCase);
