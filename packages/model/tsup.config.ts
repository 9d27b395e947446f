import { library } from '../../tools/library.tsup';

export default library({ entry: ['src/index.ts', 'src/node.ts'] });
