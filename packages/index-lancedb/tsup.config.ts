import { library } from '../../tools/library.tsup';

// The native library is loaded by `require`, so that it and apache-arrow are one instance: CommonJS needs import.meta.url.
export default library({ shims: true });
