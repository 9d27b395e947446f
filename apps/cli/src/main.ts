import { type Io, outputError } from './io.js';
import { reportFailure } from './report-failure.js';

/**
 * Runs one command. Returns the exit code: 0 done, 1 the work failed, 2 the call was wrong, 130 stopped by Ctrl-C.
 * Never exits, never throws.
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    const { createProgram } = await import('./program.js');
    return await createProgram(io).run(argv);
  } catch (error) {
    return reportFailure(error, io);
  }
}

/** `main` on this process. */
export async function runProcess(): Promise<void> {
  const controller = new AbortController();
  process.on('SIGINT', () => {
    // The second Ctrl-C does not wait for a safe point.
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  });
  const { stdin, stdout, stderr, env } = process;
  const io = { stdin, stdout, stderr, env, cwd: process.cwd(), signal: controller.signal };
  stdout.on('error', (error) => process.exit(reportFailure(outputError(error), io)));
  stderr.on('error', () => {}); // nobody is left to be told
  process.exitCode = await main(process.argv.slice(2), io);
  // Native libraries keep threads that would hold the process open.
  await Promise.all([flush(stdout), flush(stderr)]);
  process.exit();
}

function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}
