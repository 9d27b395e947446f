import { library } from '../../tools/library.tsup';

// The native library is loaded by `require` when it is needed: CommonJS needs import.meta.url.
export default library({ entry: ['src/index.ts', 'src/memory.ts'], shims: true });
