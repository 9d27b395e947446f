'use strict';

const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

const main = join(__dirname, '../dist/main.js');
if (existsSync(main)) {
  import(pathToFileURL(main).href).then(({ runProcess }) => runProcess());
} else {
  process.stderr.write('referent is not built yet. Run: npm run build\n');
  process.exitCode = 1;
}
