import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isReferentError } from '@referent/core';
import { adviceFor, type DoctorAdvice } from './doctor-advice.js';
import { fetchableModels, isModelCached, type ModelFacts, modelFacts } from './fetch-model.js';
import { type FoundEngine, findEngines } from './find-engines.js';
import { describeMachine, type Machine } from './machine.js';
import { runCommand } from './run-command.js';
import { type EngineInfo, type StartEngineOptions, startEngine } from './start-engine.js';

/** How the engine would be started. */
export type DoctorOptions = Omit<StartEngineOptions, 'measure'>;

export interface DoctorTool {
  readonly name: 'npm' | 'python3' | 'pip' | 'g++';
  /** Absent where it was not found. */
  readonly version?: string;
}

/** All that `referent doctor` shows: plain data. */
export interface DoctorFacts {
  readonly nodeVersion: string;
  readonly machine: Machine;
  /** What the driver says; absent where no NVIDIA driver answers. */
  readonly nvidiaGpu?: string;
  /** What is installed, best first. */
  readonly engines: readonly FoundEngine[];
  /** The one that starts, freshly measured. */
  readonly chosen?: EngineInfo;
  /** Why none starts. */
  readonly startError?: { readonly code: string; readonly message: string };
  readonly cacheFolder: string;
  readonly cacheBytes: number;
  readonly tools: readonly DoctorTool[];
  readonly models: readonly (ModelFacts & { readonly cached: boolean })[];
}

export interface DoctorReport extends DoctorFacts {
  readonly advice: readonly DoctorAdvice[];
}

/** Looks at everything that setting up and running depends on, and starts the engine to measure it. */
export async function doctorFacts(options: DoctorOptions): Promise<DoctorReport> {
  const { cacheFolder, projectFolder, signal } = options;
  const machine = await describeMachine();
  const [engines, tools, nvidiaGpu, cacheBytes, models, started] = await Promise.all([
    findEngines({ projectFolder, cacheFolder, host: machine }),
    Promise.all(checkedTools.map((tool) => findTool(tool, signal))),
    findGpu(signal),
    folderBytes(cacheFolder),
    Promise.all(
      fetchableModels.map(async (name) => ({
        ...modelFacts(name),
        cached: await isModelCached({ name, cacheFolder }),
      })),
    ),
    start(options),
  ]);
  const facts: DoctorFacts = {
    nodeVersion: process.versions.node,
    machine,
    ...(nvidiaGpu !== undefined && { nvidiaGpu }),
    engines,
    ...started,
    cacheFolder,
    cacheBytes,
    tools,
    models,
  };
  return { ...facts, advice: adviceFor(facts) };
}

async function start(options: DoctorOptions): Promise<Pick<DoctorFacts, 'chosen' | 'startError'>> {
  try {
    const engine = await startEngine({ ...options, measure: true });
    await engine.close();
    return { chosen: engine.info };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof Error)) throw error;
    return { startError: { code: isReferentError(error) ? error.code : 'UNKNOWN', message: error.message } };
  }
}

const checkedTools = [
  { name: 'npm', command: 'npm', args: ['--version'] },
  { name: 'python3', command: 'python3', args: ['--version'] },
  { name: 'pip', command: 'python3', args: ['-m', 'pip', '--version'] },
  { name: 'g++', command: 'g++', args: ['--version'] },
] as const;

async function findTool(
  { name, command, args }: (typeof checkedTools)[number],
  signal?: AbortSignal,
): Promise<DoctorTool> {
  const answer = await answerOf(command, args, signal);
  const version = answer && /\d+(\.\d+)+/.exec(answer)?.[0];
  return { name, ...(version && { version }) };
}

async function findGpu(signal?: AbortSignal): Promise<string | undefined> {
  const args = ['--query-gpu=name,driver_version,memory.total', '--format=csv,noheader'];
  return (await answerOf('nvidia-smi', args, signal))?.trim() || undefined;
}

async function answerOf(command: string, args: readonly string[], signal?: AbortSignal): Promise<string | undefined> {
  try {
    return (await runCommand({ command, args, signal })).stdout;
  } catch (error) {
    if (isReferentError(error)) return undefined;
    throw error;
  }
}

/** Files that are hard to read, or go while we look, count nothing. */
async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = entries.map(async (entry) => {
    if (!entry.isFile()) return 0;
    return stat(join(entry.parentPath, entry.name)).then(
      ({ size }) => size,
      () => 0,
    );
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
