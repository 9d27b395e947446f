import { resolve } from 'node:path';
import { type BackendChoice, chosenProvider, type Quantization } from '../assemble/index-providers.js';
import { type ModelOptions, type OpenedModel, openModelWithEngine } from '../assemble/model.js';
import { type CommandContext, usageError } from '../command-context.js';
import { importCatalogue } from '../import/import-catalogue.js';
import { importModel } from '../import/import-model.js';
import { write } from '../io.js';
import { formatAmount, formatBytes, formatDuration } from '../terminal.js';

export interface ImportOptions extends ModelOptions, BackendChoice {
  readonly biencoderModel?: string;
  readonly biencoderConfig?: string;
  readonly crossencoderModel?: string;
  readonly crossencoderConfig?: string;
  readonly bertConfig?: string;
  readonly vocab?: string;
  readonly entityCatalogue?: string;
  readonly entityEncoding?: string;
  readonly backend: string;
  readonly out: string;
  readonly replace?: boolean;
  readonly json?: boolean;
}

/** `referent import blink`: a model of BLINK's weights, or a knowledge base of its catalogue. */
export async function importBlink(context: CommandContext, options: ImportOptions): Promise<number> {
  const { biencoderModel, entityCatalogue } = options;
  if (biencoderModel !== undefined && entityCatalogue !== undefined) {
    throw usageError('Import the model first, then the entities with it: two calls.');
  }
  if (biencoderModel !== undefined) return importBlinkModel(context, options, biencoderModel);
  if (entityCatalogue !== undefined) return importBlinkCatalogue(context, options, entityCatalogue);
  throw usageError(
    'There is nothing to import.',
    'Give --biencoder-model for a model, or --entity-catalogue for a knowledge base.',
  );
}

async function importBlinkModel(context: CommandContext, options: ImportOptions, model: string): Promise<number> {
  const started = performance.now();
  const { biencoderConfig, crossencoderModel, crossencoderConfig, bertConfig, vocab, replace, out } = options;
  const path = (file: string) => resolve(context.io.cwd, file);
  if (biencoderConfig === undefined) throw usageError('--biencoder-model needs --biencoder-config.');
  if (vocab === undefined) throw usageError("--biencoder-model needs --vocab: the BERT's vocab.txt.");
  if ((crossencoderModel === undefined) !== (crossencoderConfig === undefined)) {
    throw usageError('--crossencoder-model and --crossencoder-config go together.');
  }
  const { manifest, bertModel, bytes, notes } = await importModel({
    biEncoder: { model: path(model), config: path(biencoderConfig) },
    ...(crossencoderModel !== undefined &&
      crossencoderConfig !== undefined && {
        crossEncoder: { model: path(crossencoderModel), config: path(crossencoderConfig) },
      }),
    ...(bertConfig !== undefined && { bertConfig: path(bertConfig) }),
    vocabulary: path(vocab),
    folder: path(out),
    ...(replace && { replace }),
    ...context.work,
  });
  context.progress.finish();
  for (const note of notes) context.logger.warn(note);
  const seconds = (performance.now() - started) / 1000;
  const parts = manifest.crossEncoder ? 'bi-encoder and cross-encoder' : 'bi-encoder';
  await write(
    context.io.stdout,
    options.json
      ? `${JSON.stringify({ folder: path(out), bertModel, manifest, bytes, seconds })}\n`
      : `${out}: ${parts} of ${bertModel}, ${formatBytes(bytes)} in ${formatDuration(seconds * 1000)}\n`,
  );
  return 0;
}

async function importBlinkCatalogue(
  context: CommandContext,
  options: ImportOptions,
  catalogue: string,
): Promise<number> {
  const started = performance.now();
  const { entityEncoding, backend, quantization = 'f32', replace, out } = options;
  const path = (file: string) => resolve(context.io.cwd, file);
  if (options.model === undefined) {
    throw usageError("--entity-catalogue needs --model: the folder that BLINK's bi-encoder was imported to.");
  }
  const index = chosenProvider(options, context.io);
  const model = await openModelWithEngine(context, options);
  try {
    if (backend === 'usearch' && ['i8', 'b1'].includes(quantization)) await assertUnitLength(model, quantization);
    const { manifest } = await importCatalogue({
      catalogue: path(catalogue),
      ...(entityEncoding !== undefined && { encoding: path(entityEncoding) }),
      model,
      index,
      folder: path(out),
      replace,
      logger: context.logger,
      ...context.work,
    });
    context.progress.finish();
    const { entities } = manifest.counts;
    const milliseconds = performance.now() - started;
    const summary = { folder: path(out), entities, model: manifest.model.name, backend, seconds: milliseconds / 1000 };
    await write(
      context.io.stdout,
      options.json
        ? `${JSON.stringify(summary)}\n`
        : `${out}: ${formatAmount(entities, 'entity', 'entities')} in ${formatDuration(milliseconds)}\n`,
    );
    return 0;
  } finally {
    await model.close();
  }
}

/** BLINK's vectors have lengths that count; what keeps directions only is refused before hours of work, not after. */
async function assertUnitLength({ entityEncoder }: OpenedModel, quantization: Quantization): Promise<void> {
  const { data } = await entityEncoder.encodeEntities([{ title: 'Paris', text: 'A city.' }]);
  const length = Math.hypot(...data);
  if (Math.abs(length - 1) < 0.01) return;
  throw usageError(
    `--quantization ${quantization} of usearch keeps directions only; this model's vectors have lengths, such as ${length.toPrecision(3)}.`,
    'Use f16 or f32, or --backend exact --quantization i8.',
  );
}
