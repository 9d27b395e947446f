import { library } from '../../tools/library.tsup';

// vitest cannot be loaded by `require`.
export default library({ entry: ['src/index.ts', 'src/node.ts'], format: ['esm'] });
