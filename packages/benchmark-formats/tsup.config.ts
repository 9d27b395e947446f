import { library } from '../../tools/library.tsup';

// `splitting` keeps the Turtle parser in a chunk of its own, which is loaded for NIF only.
export default library({ entry: ['src/index.ts', 'src/node.ts'], splitting: true });
