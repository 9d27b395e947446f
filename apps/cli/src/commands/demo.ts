import { isReferentError } from '@referent/core';
import type { EngineOptions } from '../assemble/engine.js';
import { withLinker } from '../assemble/linker.js';
import type { CommandContext } from '../command-context.js';
import { demoParagraph } from '../demo-paragraph.js';
import { candidatesShown, createDocumentWriter, type OutputFormat, originOf } from '../format/document-writer.js';
import { setUpEngine } from './setup.js';

export interface DemoOptions extends EngineOptions {
  readonly format: OutputFormat;
  readonly json?: boolean;
}

/** The main job, with nothing to configure: set up, build WordNet's named entities, link a paragraph. */
export async function demo(context: CommandContext, options: DemoOptions): Promise<number> {
  await setUpSomeEngine(context, options);
  context.progress.finish();
  const format = options.json ? 'json' : options.format;
  await withLinker(context, { ...options, patient: true }, async (pipeline, _, model) => {
    const mentions = await pipeline.link(demoParagraph, { ...context.work, keep: candidatesShown[format] });
    context.progress.finish();
    const writer = createDocumentWriter(context, format, originOf({}, model));
    await writer.write({ id: 'demo', text: demoParagraph, mentions });
    await writer.end();
  });
  if (format === 'pretty') {
    context.logger.info('\nNow your own:  npx referent link "He painted by the Seine in [[Paris]] until 1889."');
  }
  return 0;
}

/** An engine of the user's own project would do as well, but the demo must work where there is none. */
async function setUpSomeEngine(context: CommandContext, options: DemoOptions): Promise<void> {
  const { engine = 'auto' } = options;
  if (engine === 'wasm') return;
  try {
    await setUpEngine(context, { ...options, engine: engine === 'gpu' ? 'gpu' : 'cpu' });
  } catch (error) {
    if (engine !== 'auto' || !isReferentError(error) || error.code.startsWith('DOWNLOAD')) throw error;
    context.logger.warn(
      `TensorFlow could not be set up: ${error.message} The demo goes on in WebAssembly, several times slower.`,
    );
  }
}
