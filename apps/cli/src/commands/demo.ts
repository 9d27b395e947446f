import { ReferentError } from '@referent/core';
import type { EngineOptions } from '../assemble/engine.js';
import { openChosenKnowledgeBase } from '../assemble/knowledge-base.js';
import { openModelWithEngine } from '../assemble/model.js';
import { assemblePipeline } from '../assemble/pipeline.js';
import type { CommandContext } from '../command-context.js';
import { demoParagraph } from '../demo-paragraph.js';
import { type OutputFormat, writeDocument } from '../format/write-document.js';
import { setUp } from './setup.js';

export interface DemoOptions extends EngineOptions {
  readonly format: OutputFormat;
}

/** The main job, with nothing to configure: set up, build WordNet's named entities, link a paragraph. */
export async function demo(context: CommandContext, options: DemoOptions): Promise<number> {
  const { engine = 'auto' } = options;
  try {
    // An engine of the user's own project would do as well, but the demo must work where there is none.
    await setUp(context, { ...options, engine: engine === 'gpu' ? 'gpu' : 'cpu', model: true });
  } catch (error) {
    if (engine !== 'auto' || !(error instanceof ReferentError) || error.code.startsWith('DOWNLOAD')) throw error;
    context.logger.warn(
      `TensorFlow could not be set up: ${error.what} ${error.fix ?? ''} The demo goes on in WebAssembly, several times slower.`,
    );
  }
  context.progress.finish();
  const model = await openModelWithEngine(context, options);
  const knowledgeBase = await openChosenKnowledgeBase(context, options, model);
  try {
    const pipeline = await assemblePipeline(model, knowledgeBase, {});
    const mentions = await pipeline.link(demoParagraph, context.work);
    context.progress.finish();
    await writeDocument(context, { id: 'demo', text: demoParagraph, mentions }, options.format);
    if (options.format === 'pretty') {
      context.logger.info('\nNow your own:  npx referent link "He painted by the Seine in [[Paris]] until 1889."');
    }
    return 0;
  } finally {
    await knowledgeBase.close();
    await model.close();
  }
}
