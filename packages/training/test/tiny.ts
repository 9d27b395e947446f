import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { createTower, type Frozen } from '../src/tower.js';
import { config, weights } from './goldens.js';

export * from './tiny-data.js';
export { tf };

export const tower = (name = 'encoder', frozen: Frozen = {}) =>
  createTower({ tf, name, config, head: { pooling: 'mean', normalize: true }, weights, frozen });

export const classifierTower = () =>
  createTower({
    tf,
    name: 'encoder',
    config,
    head: { pooling: 'pooler', projection: { weight: 'classifier.weight', bias: 'classifier.bias' } },
    weights,
  });
