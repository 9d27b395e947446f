import { doKilledWork } from './killed-work.js';

await doKilledWork(JSON.parse(process.argv[2]!));
