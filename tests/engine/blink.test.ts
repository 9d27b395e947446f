import { createEagerEngine } from '@referent/tensor-ops';
import { describeParity } from '../blink/parity.js';
import { startNative } from './start.js';

describeParity('graphs in TensorFlow', { start: () => startNative('float32') });
describeParity('eager operations in TensorFlow', {
  start: async () => {
    const engine = await startNative('float32');
    return { ...createEagerEngine({ tf: engine.tf }), close: () => engine.close() };
  },
});
