import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { referent, temporaryFolder } from './run-cli.js';

// The files that BLINK's own code wrote: tests/blink/golden.

const golden = (name: string) => fileURLToPath(new URL(`../../../tests/blink/golden/${name}`, import.meta.url));
let folder: string;
const at = (name: string) => join(folder, name);
beforeEach(async () => {
  folder = await temporaryFolder();
});

const biEncoder = ['--biencoder-model', golden('biencoder.bin'), '--biencoder-config', golden('biencoder.json')];
const crossEncoder = [
  '--crossencoder-model',
  golden('crossencoder.bin'),
  '--crossencoder-config',
  golden('crossencoder.json'),
];
const bert = ['--bert-config', golden('bert_config.json'), '--vocab', golden('vocab.txt')];
const importModel = (...more: string[]) => referent(['import', 'blink', ...bert, '--out', at('model'), ...more]);
const importCatalogue = (...more: string[]) =>
  referent([
    'import',
    'blink',
    '--model',
    at('model'),
    '--engine',
    'cpu',
    '--precision',
    'float32',
    '--out',
    at('kb'),
    ...more,
  ]);

/** A copy of a golden file, changed. */
async function changed(name: string, change: (bytes: Buffer) => Uint8Array | string): Promise<string> {
  await writeFile(at(name), change(await readFile(golden(name))));
  return at(name);
}
const changedJson = (name: string, changes: object) =>
  changed(name, (bytes) => JSON.stringify({ ...JSON.parse(bytes.toString()), ...changes }));

describe('referent import blink', () => {
  it('makes a model and a knowledge base that link as BLINK does', { timeout: 180_000 }, async () => {
    const imported = await importModel(...biEncoder, ...crossEncoder);
    expect(imported.code, imported.stderr).toBe(0);
    expect(imported.stdout).toMatch(/^.*model: bi-encoder and cross-encoder of tiny-bert-uncased, /);

    const { runs, mentions } = JSON.parse(await readFile(golden('golden.json'), 'utf8')) as {
      runs: { results: { mention: number; top: number[]; scores: number[]; rerankScores: number[] }[] }[];
      mentions: { context_left: string; mention: string; context_right: string }[];
    };
    const catalogue = (await readFile(golden('entity.jsonl'), 'utf8')).trim().split('\n');
    const rowOf = new Map(catalogue.map((line, row) => [idOf(JSON.parse(line).idx), row]));
    const files = ['--entity-catalogue', golden('entity.jsonl')];
    const results = runs[0]!.results.slice(0, 4);
    const input = results
      .map(({ mention }) => JSON.stringify({ id: String(mention), ...mentions[mention] }))
      .join('\n');
    // Given encodings and computed ones are the same to the linker.
    for (const encoding of [['--entity-encoding', golden('entities.t7')], []]) {
      const kb = await importCatalogue(...files, ...encoding, '--backend', 'exact', '--replace', '--json');
      expect(kb.code, kb.stderr).toBe(0);
      expect(kb.stderr).not.toContain('another model');
      expect(JSON.parse(kb.stdout)).toMatchObject({ entities: 20, backend: 'exact' });
      const linked = await referent(
        ['link', '--kb', at('kb'), '--input', '-', '--candidates', '10', '--rerank', '10', '--format', 'jsonl'].concat([
          '--engine',
          'cpu',
          '--precision',
          'float32',
        ]),
        { stdin: input },
      );
      expect(linked.code, linked.stderr).toBe(0);
      for (const [i, line] of linked.stdout.trim().split('\n').entries()) {
        const { top, scores, rerankScores } = results[i]!;
        const [{ candidates }] = JSON.parse(line).mentions as [{ candidates: Candidate[] }];
        const byRow = new Map(candidates.map((candidate) => [rowOf.get(candidate.id)!, candidate]));
        expect([...byRow.keys()].sort(), line).toEqual([...top].sort());
        for (const [rank, row] of top.entries()) {
          expect(Math.abs(byRow.get(row)!.retrieval_score - scores[rank]!)).toBeLessThan(1e-3);
          expect(Math.abs(byRow.get(row)!.rerank_score - rerankScores[rank]!)).toBeLessThan(1e-3);
        }
        const best = top[rerankScores.indexOf(Math.max(...rerankScores))];
        expect(rowOf.get(candidates[0]!.id)).toBe(best);
        const paris = candidates.find(({ id }) => id === '22989');
        if (paris) expect(paris).toMatchObject({ title: 'Paris' });
      }
    }
  });

  it('warns where the encodings are of another model', async () => {
    await importModel(...biEncoder);
    const others = await changed('entities.t7', (bytes) => bytes.fill(0x3f, bytes.length - 20 * 12 * 4));
    const { code, stderr } = await importCatalogue(
      '--entity-catalogue',
      golden('entity.jsonl'),
      '--entity-encoding',
      others,
    );
    expect(code, stderr).toBe(0);
    expect(stderr).toContain("They may be another model's");
  });
});

describe('what cannot be imported says so', () => {
  it.each([
    [[], 'nothing to import'],
    [['--biencoder-model', 'x.bin'], '--biencoder-model needs --biencoder-config'],
    [['--entity-catalogue', 'x.jsonl'], '--entity-catalogue needs --model'],
    [['--entity-catalogue', 'x.jsonl', '--biencoder-model', 'x.bin'], 'two calls'],
    [['--biencoder-model', 'x', '--biencoder-config', 'y'], 'needs --vocab'],
    [['--biencoder-model', 'x', '--biencoder-config', 'y', '--vocab', 'z', '--crossencoder-model', 'c'], 'go together'],
    [['--entity-catalogue', 'x', '--model', 'm', '--backend', 'exact', '--quantization', 'b1'], 'exact has no b1'],
  ])('a call with %j', async (options, message) => {
    const { code, stderr } = await referent(['import', 'blink', '--out', at('x'), ...options]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it('a checkpoint whose pickle names another global', async () => {
    const hostile = await changed('biencoder.bin', (bytes) =>
      Buffer.from(
        bytes.toString('latin1').replaceAll('collections\nOrderedDict', 'subprocess.\ncheck_call1'),
        'latin1',
      ),
    );
    const { code, stderr } = await importModel(
      '--biencoder-model',
      hostile,
      '--biencoder-config',
      golden('biencoder.json'),
    );
    expect(code).toBe(1);
    expect(stderr).toContain('subprocess..check_call1');
    expect(stderr).toContain('Nothing was run');
  });

  it('a truncated .t7, with both sizes', async () => {
    await importModel(...biEncoder);
    const cut = await changed('entities.t7', (bytes) => bytes.subarray(0, bytes.length - 100));
    const { code, stderr } = await importCatalogue(
      '--entity-catalogue',
      golden('entity.jsonl'),
      '--entity-encoding',
      cut,
    );
    expect(code).toBe(1);
    const { length } = await readFile(golden('entities.t7'));
    expect(stderr).toContain(`has ${length - 100} bytes and should have ${length}`);
  });

  it('a catalogue with another number of lines than the encodings have rows, with both counts', async () => {
    await importModel(...biEncoder);
    const short = await changed('entity.jsonl', (bytes) => bytes.toString().split('\n').slice(0, 18).join('\n'));
    const { code, stderr } = await importCatalogue(
      '--entity-catalogue',
      short,
      '--entity-encoding',
      golden('entities.t7'),
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/entities\.t7 has 20 rows; .*entity\.jsonl has 18/);
  });

  it('a catalogue with a broken line, with its file and number', async () => {
    await importModel(...biEncoder);
    const broken = await changed('entity.jsonl', (bytes) =>
      bytes.toString().replace('{"text": " A river', '{"text" " A river'),
    );
    for (const encoding of [[], ['--entity-encoding', golden('entities.t7')]]) {
      const { code, stderr } = await importCatalogue('--entity-catalogue', broken, ...encoding, '--replace');
      expect(code).toBe(1);
      expect(stderr).toContain(broken);
      expect(stderr).toMatch(/\b12\b/);
    }
  });

  it('encodings of another length than the vectors of the model', async () => {
    await importModel(
      '--biencoder-model',
      golden('biencoder_linear.bin'),
      '--biencoder-config',
      golden('biencoder_linear.json'),
    ).then(({ stderr }) => expect(stderr).toContain('IMPORT_CONFIG_CONTRADICTS'));
    const linear = ['--bert-config', golden('bert_config_linear.json'), '--vocab', golden('vocab.txt')];
    const files = [
      '--biencoder-model',
      golden('biencoder_linear.bin'),
      '--biencoder-config',
      golden('biencoder_linear.json'),
    ];
    await referent(['import', 'blink', ...files, ...linear, '--out', at('model')]);
    const { code, stderr } = await importCatalogue(
      '--entity-catalogue',
      golden('entity.jsonl'),
      '--entity-encoding',
      golden('entities.t7'),
    );
    expect(code).toBe(1);
    expect(stderr).toContain('[20,12]');
    expect(stderr).toContain('[entities, 6]');
    expect(stderr).toContain('IMPORT_ENCODING_SHAPE');
  });

  it('a quantization that would keep directions only, before anything is read', async () => {
    await importModel(...biEncoder);
    const { code, stderr } = await importCatalogue(
      '--entity-catalogue',
      golden('entity.jsonl'),
      '--quantization',
      'i8',
    );
    expect(code).toBe(2);
    expect(stderr).toContain('keeps directions only');
    const exact = ['--backend', 'exact', '--quantization', 'i8'];
    expect((await importCatalogue('--entity-catalogue', golden('entity.jsonl'), ...exact)).code).toBe(0);
  });

  it('a folder that holds something else, or a model, without --replace', async () => {
    await importModel(...biEncoder);
    expect((await importModel(...biEncoder)).stderr).toContain('--replace');
    expect((await importModel(...biEncoder, '--replace')).code).toBe(0);
    await copyFile(golden('README.md'), at('model/README.md'));
    expect((await importModel(...biEncoder, '--replace')).stderr).toContain('IMPORT_EXISTS');
  });
});

it('cannot write below a file', async () => {
  await writeFile(at('file'), '');
  const options = [...biEncoder, ...bert, '--out', at('file/model')];
  const { code, stderr } = await referent(['import', 'blink', ...options]);
  expect(code).toBe(1);
  expect(stderr).toContain('MODEL_WRITE_FAILED');
});

it("takes the bi-encoder's lengths for both models, as BLINK does, and says so", async () => {
  const config = await changedJson('crossencoder.json', { max_context_length: 64 });
  const cross = ['--crossencoder-model', golden('crossencoder.bin'), '--crossencoder-config', config];
  const { code, stdout, stderr } = await importModel(...biEncoder, ...cross, '--json');
  expect(code, stderr).toBe(0);
  expect(stderr).toContain("the bi-encoder's 32 is used for both");
  expect(JSON.parse(stdout).manifest).toMatchObject({
    name: 'model',
    entityEncoder: { pooling: 'cls', normalize: false, layout: 'blink', maximumLength: 128 },
    crossEncoder: { pooling: 'pooler', maximumContextLength: 32, maximumLength: 159 },
  });
});

describe('a configuration that contradicts the weights names the field', () => {
  it.each([
    ['add_linear', 'biencoder.json', { add_linear: true }],
    ['max_context_length', 'biencoder.json', { max_context_length: 300 }],
    ['bert_model', 'biencoder.json', { bert_model: '' }],
    ['lowercase', 'crossencoder.json', { lowercase: false }],
    ['add_linear', 'crossencoder.json', { add_linear: false }],
    ['out_dim', 'crossencoder.json', { out_dim: 2 }],
    ['max_seq_length', 'biencoder.json', { max_seq_length: 'long' }],
    ['roberta', 'crossencoder.json', { roberta: true }],
  ])('%s in %s', async (field, file, changes) => {
    const config = await changedJson(file, changes);
    const own = file === 'biencoder.json' ? config : golden('biencoder.json');
    const cross = file === 'crossencoder.json' ? config : golden('crossencoder.json');
    const { code, stderr } = await importModel(
      ...['--biencoder-model', golden('biencoder.bin'), '--biencoder-config', own],
      ...['--crossencoder-model', golden('crossencoder.bin'), '--crossencoder-config', cross],
    );
    expect(code).toBe(1);
    expect(stderr).toContain(`"${field}"`);
    expect(stderr).toMatch(/IMPORT_(CONFIG_CONTRADICTS|BAD_CONFIG)/);
  });

  it('the sizes that a name implies, a BERT without a known name, and a vocabulary of another size', async () => {
    const named = await changedJson('biencoder.json', { bert_model: 'models/bert-base-uncased' });
    const files = ['--biencoder-model', golden('biencoder.bin'), '--biencoder-config', named, '--out', at('model')];
    const filler = Array.from({ length: 30522 - 7 }, (_, i) => `word${i}`);
    const special = ['[PAD]', '[unused0]', '[unused1]', '[unused2]', '[UNK]', '[CLS]', '[SEP]'];
    await writeFile(at('large.txt'), [...special, ...filler].join('\n'));
    const base = await referent(['import', 'blink', ...files, '--vocab', at('large.txt')]);
    expect(base.stderr).toContain('"bert_model" says models/bert-base-uncased (hidden_size 768), found hidden_size 12');
    const small = await referent(['import', 'blink', ...files, '--vocab', golden('vocab.txt')]);
    expect(small.stderr).toContain('found 30522 word embeddings');
    const unknown = await referent([
      'import',
      'blink',
      ...biEncoder,
      '--vocab',
      golden('vocab.txt'),
      '--out',
      at('model'),
    ]);
    expect(unknown.stderr).toContain('--bert-config');
  });

  it("Python's way to print a dict is told from JSON", async () => {
    await writeFile(at('training_params.txt'), "{'bert_model': 'bert-base-uncased'}");
    const { stderr } = await importModel(
      '--biencoder-model',
      golden('biencoder.bin'),
      '--biencoder-config',
      at('training_params.txt'),
    );
    expect(stderr).toContain('Python prints a dict');
    const missing = await importModel(
      '--biencoder-model',
      golden('biencoder.bin'),
      '--biencoder-config',
      at('none.json'),
    );
    expect(missing.stderr).toContain('IMPORT_FILE_UNREADABLE');
  });

  it('a cross-encoder in the place of a bi-encoder', async () => {
    const { stderr } = await importModel(
      '--biencoder-model',
      golden('crossencoder.bin'),
      '--biencoder-config',
      golden('biencoder.json'),
    );
    expect(stderr).toContain('has no tensors of context_encoder.');
    expect(stderr).toContain('Its tensors begin with encoder.');
  });
});

interface Candidate {
  readonly id: string;
  readonly retrieval_score: number;
  readonly rerank_score: number;
}

const idOf = (idx: string) => /curid=(\d+)/.exec(idx)?.[1] ?? idx;
