import { configError } from './errors.js';
import { readJsonObject } from './read-json.js';

/** What BLINK's configuration of a model says, with BLINK's own defaults (blink/common/params.py). */
export interface BlinkConfig {
  readonly file: string;
  readonly bertModel: string;
  /** The vector is a linear layer over the pooler, not the last layer's `[CLS]`. */
  readonly addLinear: boolean;
  /** Of the linear layer; says nothing without one. */
  readonly outDim: number;
  readonly maxContextLength: number;
  readonly maxCandLength: number;
  /** Of the cross-encoder's input, padding counted. */
  readonly maxSeqLength: number;
  readonly lowercase: boolean;
}

/** Fields of training and evaluation are passed over, and so is pull_from_layer, which BLINK's code never reads. */
export async function readBlinkConfig(file: string): Promise<BlinkConfig> {
  const json = await readJsonObject(file);
  const fix = 'Give the JSON file that belongs to the weights, such as biencoder_wiki_large.json.';

  function field<T>(name: string, fallback: T, isRight: (value: unknown) => boolean, wanted: string): T {
    const value = json[name];
    if (value === undefined) return fallback;
    if (isRight(value)) return value as T;
    throw configError(file, `"${name}" must be ${wanted}, not ${JSON.stringify(value)}.`, fix, { field: name });
  }
  const count = (name: string, fallback: number) =>
    field(name, fallback, (value) => Number.isSafeInteger(value) && (value as number) > 0, 'a positive whole number');
  const flag = (name: string, fallback: boolean) =>
    field(name, fallback, (value) => typeof value === 'boolean', 'true or false');

  const isText = (value: unknown) => typeof value === 'string' && value !== '';
  const bertModel = field('bert_model', '', isText, 'the name of a BERT');
  if (bertModel === '') throw configError(file, '"bert_model" is missing.', fix, { field: 'bert_model' });
  if (flag('roberta', false)) {
    const why = '"roberta" is true: only BERT can be imported.';
    throw configError(file, why, 'Use a model that was trained from a BERT.', { field: 'roberta' });
  }
  return {
    file,
    bertModel,
    addLinear: flag('add_linear', false),
    outDim: count('out_dim', 1),
    maxContextLength: count('max_context_length', 128),
    maxCandLength: count('max_cand_length', 128),
    maxSeqLength: count('max_seq_length', 256),
    lowercase: flag('lowercase', true),
  };
}
