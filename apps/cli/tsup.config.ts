import { library } from '../../tools/library.tsup';

export default library({ entry: ['src/main.ts'], format: ['esm'], dts: false, splitting: true });
