import { createEagerEngine } from '@referent/tensor-ops';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describeParity } from './parity.js';

// In plain JavaScript: some of the mentions. tests/engine/blink.test.ts has all of them, in TensorFlow.
describeParity('the eager operations', { start: async () => createEagerEngine({ tf }), every: 10 });
