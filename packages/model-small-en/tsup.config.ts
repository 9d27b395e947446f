import { library } from '../../tools/library.tsup';

// The CommonJS build needs to know where it lies, to find the model beside it.
export default library({ shims: true });
