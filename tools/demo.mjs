// npm run demo: builds the packages (once), then runs the command line's own demo.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build, root, run } from './run.mjs';

if (!existsSync(join(root, 'apps/cli/dist/main.js')))
  process.stderr.write('Building the packages (once, about a minute) ...\n');
build('referent');
run(process.execPath, [join(root, 'apps/cli/bin/referent.js'), 'demo', ...process.argv.slice(2)]);
