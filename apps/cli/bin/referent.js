#!/usr/bin/env node
// In the JavaScript of 2009: a Node of any age must get as far as the words below.
'use strict';

var needed = [20, 19];
var found = process.versions.node.split('.').map(Number);

if (found[0] > needed[0] || (found[0] === needed[0] && found[1] >= needed[1])) {
  require('./start.js');
} else {
  process.stderr.write(
    'error Referent needs Node ' +
      needed.join('.') +
      ' or newer, and this is Node ' +
      process.versions.node +
      '.\n' +
      '  fix: Install a newer Node, from https://nodejs.org or with your version manager, then run it again.\n' +
      '  (NODE_TOO_OLD)\n',
  );
  process.exitCode = 1;
}
