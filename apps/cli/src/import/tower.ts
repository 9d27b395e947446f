import { ReferentError } from '@referent/core';
import type { TensorInfo, TorchCheckpoint } from '@referent/torch-checkpoint';
import { type BertConfig, bertShapes } from '@referent/transformer';
import type { SizesWithSource } from './bert-sizes.js';
import type { BlinkConfig } from './blink-config.js';
import { type Contradiction, contradictionError } from './errors.js';
import type { BertSizes } from './known-berts.js';

export const linearLayer = { weight: 'additional_linear.weight', bias: 'additional_linear.bias' };

/** A BERT of a checkpoint, held against its configuration: what to write, and under which names. */
export interface Tower {
  /** Folder in the model. */
  readonly folder: string;
  readonly checkpoint: TorchCheckpoint;
  readonly configJson: Readonly<Record<string, unknown>>;
  /** Our name of a tensor; undefined for one that is left out. */
  rename(tensor: TensorInfo): string | undefined;
}

export interface TowerOptions {
  readonly folder: string;
  /** Name of the checkpoint's file. */
  readonly file: string;
  readonly checkpoint: TorchCheckpoint;
  /** BLINK's name of the encoder within the model: "context_encoder". */
  readonly encoder: string;
  readonly config: BlinkConfig;
  readonly bert: SizesWithSource;
}

type Shapes = ReadonlyMap<string, readonly number[]>;

/**
 * @throws `IMPORT_WRONG_TENSORS` missing, extra or mis-shaped ones, with their names and shapes
 * @throws `IMPORT_CONFIG_CONTRADICTS` the tensors are whole and those of another configuration: the fields
 */
export function planTower({ folder, file, checkpoint, encoder, config, bert }: TowerOptions): Tower {
  const found = tensorsOf(checkpoint, encoder);
  const shapes: Shapes = new Map([...found].map(([name, { shape }]) => [name, shape]));
  const { sizes } = bert;
  const problems = compare(shapes, expectedShapes(sizes, config.addLinear ? config.outDim : undefined));
  const isFloat = (name: string) => /float/.test(found.get(name)!.dtype);
  const integers = [...found.keys()]
    .filter((name) => !isFloat(name))
    .map((name) => `${name} (${found.get(name)!.dtype})`);
  if (integers.length > 0 || problems.count > 0) {
    const contradictions = contradictionsOf(shapes, config, bert);
    if (integers.length === 0 && contradictions) throw contradictionError(...contradictions, `${encoder} in ${file}`);
    throw wrongTensors({ file, encoder, checkpoint, isAbsent: found.size === 0, integers, ...problems });
  }
  const names = new Map([...found].map(([name, tensor]) => [tensor.name, name]));
  return {
    folder,
    checkpoint,
    configJson: bert.json,
    rename({ name }) {
      const own = names.get(name);
      // BERT's pooler is read only where the linear layer stands on it.
      return own?.startsWith('pooler.') && !config.addLinear ? undefined : own;
    },
  };
}

/** The tensors of one encoder under our names. DataParallel's "module." is dropped, and the oldest names of layer norms. */
function tensorsOf(checkpoint: TorchCheckpoint, encoder: string): Map<string, TensorInfo> {
  const pattern = new RegExp(`^(?:module\\.)?${encoder}\\.(?:bert_model\\.|(?=additional_linear\\.))(.+)$`);
  const found = new Map<string, TensorInfo>();
  for (const tensor of checkpoint.tensors) {
    const name = pattern.exec(tensor.name)?.[1];
    // A buffer that later versions save, and that says nothing.
    if (name === undefined || name === 'embeddings.position_ids') continue;
    found.set(
      name.replace(/LayerNorm\.gamma$/, 'LayerNorm.weight').replace(/LayerNorm\.beta$/, 'LayerNorm.bias'),
      tensor,
    );
  }
  return found;
}

function expectedShapes(sizes: BertSizes, linear: number | undefined): Shapes {
  const shapes = new Map<string, readonly number[]>(bertShapes(bertConfigOf(sizes), { pooling: 'pooler' }));
  if (linear !== undefined) {
    shapes.set(linearLayer.weight, [linear, sizes.hidden_size]);
    shapes.set(linearLayer.bias, [linear]);
  }
  return shapes;
}

function bertConfigOf(sizes: BertSizes): BertConfig {
  return {
    hiddenSize: sizes.hidden_size,
    layers: sizes.num_hidden_layers,
    heads: sizes.num_attention_heads,
    intermediateSize: sizes.intermediate_size,
    vocabularySize: sizes.vocab_size,
    positions: sizes.max_position_embeddings,
    segments: sizes.type_vocab_size,
    layerNormEpsilon: 1e-12,
    activation: 'gelu',
  };
}

interface MisShaped {
  readonly name: string;
  readonly expected: readonly number[];
  readonly found: readonly number[];
}

interface Problems {
  readonly missing: readonly string[];
  readonly extra: readonly string[];
  readonly misShaped: readonly MisShaped[];
  readonly count: number;
}

function compare(found: Shapes, expected: Shapes): Problems {
  const missing = [...expected.keys()].filter((name) => !found.has(name));
  const extra = [...found.keys()].filter((name) => !expected.has(name));
  const misShaped: MisShaped[] = [];
  for (const [name, shape] of expected) {
    const other = found.get(name);
    if (other && `${other}` !== `${shape}`) misShaped.push({ name, expected: shape, found: other });
  }
  return { missing, extra, misShaped, count: missing.length + extra.length + misShaped.length };
}

/** Where the tensors are all right for other sizes, it is the configuration that is wrong; undefined where they are not. */
function contradictionsOf(
  shapes: Shapes,
  config: BlinkConfig,
  bert: SizesWithSource,
): [file: string, contradictions: readonly Contradiction[]] | undefined {
  const { sizes } = bert;
  const at = (name: string, axis: number) => shapes.get(name)?.[axis] ?? 0;
  const layers = [...shapes.keys()].map((name) => Number(/^encoder\.layer\.(\d+)\./.exec(name)?.[1] ?? -1));
  const word = 'embeddings.word_embeddings.weight';
  const own: Omit<BertSizes, 'num_attention_heads'> = {
    vocab_size: at(word, 0),
    hidden_size: at(word, 1),
    num_hidden_layers: Math.max(...layers, -1) + 1,
    intermediate_size: at('encoder.layer.0.intermediate.dense.weight', 0),
    max_position_embeddings: at('embeddings.position_embeddings.weight', 0),
    type_vocab_size: at('embeddings.token_type_embeddings.weight', 0),
  };
  const linear = shapes.get(linearLayer.weight)?.[0];
  const isWhole = compare(shapes, expectedShapes({ ...sizes, ...own }, linear)).count === 0;
  if (!isWhole) return undefined;

  const ofLinear: Contradiction[] = [];
  const hasLinear = linear !== undefined;
  if (hasLinear !== config.addLinear) {
    ofLinear.push({ field: 'add_linear', says: config.addLinear, found: `${hasLinear ? 'a' : 'no'} linear layer` });
  } else if (hasLinear && linear !== config.outDim) {
    ofLinear.push({ field: 'out_dim', says: config.outDim, found: linear });
  }
  if (ofLinear.length > 0) return [config.file, ofLinear];
  const fields = Object.keys(own) as (keyof typeof own)[];
  const different = fields.filter((field) => own[field] !== sizes[field]);
  const { impliedBy } = bert;
  const ofSizes = different.map((field) =>
    impliedBy === undefined
      ? { field, says: sizes[field], found: own[field] }
      : { field: 'bert_model', says: `${impliedBy} (${field} ${sizes[field]})`, found: `${field} ${own[field]}` },
  );
  return [bert.file, ofSizes];
}

interface WrongTensors extends Problems {
  readonly file: string;
  readonly encoder: string;
  readonly checkpoint: TorchCheckpoint;
  readonly isAbsent: boolean;
  readonly integers: readonly string[];
}

function wrongTensors(problems: WrongTensors): ReferentError {
  const { file, encoder, checkpoint, isAbsent, missing, extra, misShaped, integers } = problems;
  const all = (kind: string, names: readonly string[]) =>
    names.length === 0
      ? []
      : [`${names.length} ${kind}: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`];
  const shapes = misShaped.map(({ name, expected, found }) => `${name} [${found}] instead of [${expected}]`);
  const parts = [
    ...all('missing', missing),
    ...all('not known', extra),
    ...all('of another shape', shapes),
    ...all('of integers', integers),
  ];
  const others = [...new Set(checkpoint.tensors.map(({ name }) => name.split('.')[0]))].slice(0, 5).join(', ');
  return new ReferentError('IMPORT_WRONG_TENSORS', {
    what: isAbsent
      ? `${file} has no tensors of ${encoder}.`
      : `${file}: the tensors of ${encoder} are not those of its BERT.`,
    why: isAbsent ? `Its tensors begin with ${others}.` : `${parts.join('; ')}.`,
    fix: "Give BLINK's own file for this option: --biencoder-model has context_encoder and cand_encoder, --crossencoder-model encoder.",
    details: { file, encoder, missing, extra, misShaped: misShaped.map((it) => ({ ...it })), integers },
  });
}
