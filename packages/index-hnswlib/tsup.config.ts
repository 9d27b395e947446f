import { library } from '../../tools/library.tsup';

export default library();
