export { type AutoDetectorOptions, createAutoDetector } from './auto-detector.js';
export { createGivenSpansDetector, type GivenSpansDetectorOptions } from './given-spans-detector.js';
export { createMarkedDetector } from './marked-detector.js';
export { createNamesDetector, type NamesDetectorOptions } from './names-detector.js';
export { createStatisticalDetector } from './statistical-detector.js';
