import { modelName } from '@referent/model-small-en';
import { type DoctorReport, doctorFacts } from '@referent/runtime';
import { cacheFolderOf } from '../assemble/cache.js';
import type { EngineOptions } from '../assemble/engine.js';
import type { CommandContext } from '../command-context.js';
import { write } from '../io.js';
import { type Colors, formatBytes } from '../terminal.js';

export interface DoctorOptions extends EngineOptions {
  readonly json?: boolean;
}

export async function doctor(context: CommandContext, options: DoctorOptions): Promise<number> {
  const { io, colors } = context;
  const { engine = 'auto', precision = 'auto', threads, json } = options;
  const report = await doctorFacts({
    engine,
    precision,
    cacheFolder: cacheFolderOf(context, options),
    projectFolder: io.cwd,
    ...(threads !== undefined && { threads }),
    signal: io.signal,
  });
  await write(io.stdout, json ? `${JSON.stringify(report, null, 2)}\n` : formatReport(report, colors));
  return report.chosen ? 0 : 1;
}

export function formatReport(report: DoctorReport, colors: Colors): string {
  const { machine, engines, chosen, startError, tools, models, advice } = report;
  const section = (title: string, rows: readonly (readonly [string, string])[]) => {
    const width = Math.max(14, ...rows.map(([name]) => name.length));
    return `${colors.bold(title)}\n${rows.map(([name, value]) => `  ${name.padEnd(width)} ${value}\n`).join('')}\n`;
  };
  const yes = (text: string) => `${colors.green('✓')} ${text}`;
  const no = (text: string) => `${colors.yellow('✗')} ${text}`;

  const parts = [
    section('Machine', [
      ['Node', `${report.nodeVersion} (${machine.platform} ${machine.arch})`],
      ['CPU', `${machine.cpuModel}, ${machine.cores} cores`],
      ...(machine.cpuFlags.length > 0 ? [['', machine.cpuFlags.join(' ')] as const] : []),
      ['memory', formatBytes(machine.memoryBytes)],
      ['GPU', report.nvidiaGpu ?? 'none seen'],
    ]),
    section('Engines', [
      ...engines.map(({ packageName, source, folder, defect }) => {
        const place = source === 'project' ? 'of your project' : 'set up by Referent';
        return [
          packageName.replace('@tensorflow/', ''),
          defect ? no(`${place}: ${defect}`) : yes(`${place}, ${folder}`),
        ] as const;
      }),
      ...(chosen ? chosenRows(chosen) : [['chosen', no(startError?.message ?? 'none starts')] as const]),
    ]),
    section('Models', [
      [modelName, yes('comes with Referent')],
      ...models.map(({ name, license, cached, downloadBytes }) => {
        return [
          name,
          cached ? yes(license) : `not fetched; --model ${name} does it (${formatBytes(downloadBytes)})`,
        ] as const;
      }),
    ]),
    section(
      'Tools for setup',
      tools.map(({ name, version }) => [name, version ? yes(version) : no('not found')] as const),
    ),
    section('Cache', [[formatBytes(report.cacheBytes), report.cacheFolder]]),
  ];
  const todo = advice.map(({ problem, fix }) => `${colors.yellow('!')} ${problem}\n  ${colors.bold('fix:')} ${fix}\n`);
  return parts.join('') + (todo.length > 0 ? todo.join('') : `${colors.green('✓')} Nothing is missing.\n`);
}

function chosenRows(chosen: NonNullable<DoctorReport['chosen']>): [string, string][] {
  const { kind, tensorflowVersion, tfjsVersion, gpu, threads, precision, precisionReason, measurement } = chosen;
  const version = tensorflowVersion ? `TensorFlow ${tensorflowVersion}, tfjs ${tfjsVersion}` : `tfjs ${tfjsVersion}`;
  const rows: [string, string][] = [
    ['chosen', `${kind} (${version}), ${threads} threads, ${gpu ? 'on the GPU' : 'on the CPU'}`],
    ['precision', `${precision}: ${precisionReason}`],
  ];
  if (measurement) {
    const { float32Gflops, reduced, reducedGflops } = measurement;
    const reducedPart =
      reducedGflops === null ? `${reduced} not possible here` : `${Math.round(reducedGflops)} in ${reduced}`;
    rows.push(['GFLOP/s', `${Math.round(float32Gflops)} in float32, ${reducedPart} (measured now)`]);
  }
  return rows;
}
