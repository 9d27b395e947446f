import { appendFileSync } from 'node:fs';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';

/** One line of JSON for every mutant as it is done: Stryker's own reports come at the end, and are lost with a run that takes too long. */
class LinesReporter {
  onMutantTested({ fileName, location, mutatorName, replacement, status }) {
    const line = JSON.stringify({ status, fileName, line: location.start.line, mutatorName, replacement });
    appendFileSync(process.env.MUTATION_LINES, `${line}\n`);
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Reporter, 'lines', LinesReporter)];
