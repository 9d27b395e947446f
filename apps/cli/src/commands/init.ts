import { createWriteStream } from 'node:fs';
import { basename, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ReferentError } from '@referent/core';
import { type CommandContext, type CommonOptions, usageError } from '../command-context.js';
import { type ColumnProfile, profileColumns } from '../init/column-profile.js';
import { columnsOption, type Plan, planReading, toEntity } from '../init/plan.js';
import { type Proposal, proposeColumns } from '../init/propose-columns.js';
import { openRecords, type PlainRecord } from '../init/read-records.js';
import { write } from '../io.js';
import { openInput } from '../read-input.js';
import { formatAmount } from '../terminal.js';

export interface InitOptions extends CommonOptions {
  readonly write?: string;
  readonly json?: boolean;
}

const sampleSize = 2000;

/** Looks at a person's files and says how to build a knowledge base of them. Changes nothing, unless told to write. */
export async function init(context: CommandContext, options: InitOptions, files: readonly string[]): Promise<number> {
  const { io, colors } = context;
  const { sample, formats, delimiters } = await readSample(context, files);
  const columns = profileColumns(sample);
  const proposal = proposeColumns(columns);
  if (!proposal.title) throw noTitle(files, columns);
  const plan = planReading(proposal, formats, delimiters);
  if (options.write !== undefined) await convert(context, files, plan, options.write);
  const command = commandFor(files, columns, plan, options.write, formats);
  if (options.json) {
    const { columns: chosen, conversion } = plan;
    await write(io.stdout, `${JSON.stringify({ files, columns: chosen, conversion, command }, null, 2)}\n`);
    return 0;
  }
  const looked = `${files.join(', ')}: ${formatAmount(sample.length, 'record', 'records')} looked at`;
  const why = plan.conversion.length > 0 && options.write === undefined ? conversionNote(plan) : '';
  const lines = [
    colors.bold(looked),
    '',
    ...table(columns, proposal, plan),
    '',
    `${why}${colors.bold('Build it:')}`,
    `  ${command.join('\n  ')}`,
  ];
  await write(io.stdout, `${lines.join('\n')}\n`);
  return 0;
}

async function readSample({ io }: CommandContext, files: readonly string[]) {
  const sample: PlainRecord[] = [];
  const opened = [];
  for (const file of files) {
    const { records, format, delimiter } = await openRecords(await openInput(file, io));
    opened.push({ format, delimiter });
    let count = 0;
    for await (const record of records) {
      sample.push(record);
      if (++count >= sampleSize) break;
    }
  }
  if (sample.length === 0) {
    throw new ReferentError('INIT_NO_RECORDS', {
      what: `No record was found in ${files.join(', ')}.`,
      why: 'A CSV or TSV needs a line of column names and a line for each entity; JSONL an object a line.',
      fix: 'Check that these are the files you mean.',
    });
  }
  return {
    sample,
    formats: opened.map(({ format }) => format),
    delimiters: [...new Set(opened.flatMap(({ delimiter }) => delimiter ?? []))],
  };
}

function noTitle(files: readonly string[], columns: readonly ColumnProfile[]): ReferentError {
  return new ReferentError('INIT_NO_TITLE', {
    what: `No column of ${files.join(', ')} looks like the name of an entity.`,
    why: `The columns are ${columns.map(({ name }) => `"${name}"`).join(', ')}.`,
    fix: `Say which it is: referent build --entities ${files.map(quote).join(' ')} --columns id=…,title=…,text=… --out my.kb`,
  });
}

async function convert(
  { io, logger, progress, work }: CommandContext,
  files: readonly string[],
  plan: Plan,
  target: string,
): Promise<void> {
  const path = resolve(io.cwd, target);
  let bad = 0;
  async function* lines() {
    let done = 0;
    for (const file of files) {
      const { records } = await openRecords(await openInput(file, io), () => bad++);
      for await (const record of records) {
        yield `${JSON.stringify(toEntity(record, plan, ++done))}\n`;
        if (done % 1000 === 0) work.onProgress?.({ step: 'convert', done, unit: 'records' });
      }
    }
  }
  try {
    await pipeline(Readable.from(lines()), createWriteStream(path, { flags: 'wx' }), { signal: io.signal });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw usageError(`${target} is there already.`, 'Choose another name for --write.');
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EROFS' || code === 'ENOSPC') {
      throw new ReferentError('INIT_NOT_WRITABLE', {
        what: `${target} cannot be written.`,
        why: `The system said ${code}.`,
        fix: 'Choose another place for --write.',
        cause: error,
      });
    }
    throw error;
  }
  progress.finish();
  if (bad > 0)
    logger.warn(
      `${formatAmount(bad, 'line', 'lines')} held no JSON object and ${bad === 1 ? 'was' : 'were'} left out.`,
    );
}

function commandFor(
  files: readonly string[],
  columns: readonly ColumnProfile[],
  plan: Plan,
  written: string | undefined,
  formats: readonly string[],
): string[] {
  const name = basename(written ?? files[0]!).replace(/(\.\w+)?(\.gz)?$/, '');
  const out = quote(`${name}.kb`);
  if (written !== undefined) return [`referent build --entities ${quote(written)} --out ${out}`];
  if (plan.conversion.length > 0) {
    const converted = quote(`${name}.entities.jsonl`);
    return [
      `referent init ${files.map(quote).join(' ')} --write ${converted}`,
      `referent build --entities ${converted} --out ${out}`,
    ];
  }
  const mapping = columnsOption(
    plan.columns,
    columns.map((column) => column.name),
  );
  const [format] = formats;
  const misnamed = files.some((file) => !new RegExp(`\\.${format}(\\.gz)?$`, 'i').test(file)) && format !== 'jsonl';
  const parts = [
    `referent build --entities ${files.map(quote).join(' ')}`,
    ...(misnamed ? [`--entities-format ${format}`] : []),
    ...(mapping === '' ? [] : [`--columns ${quote(mapping)}`]),
    `--out ${out}`,
  ];
  return [parts.join(' ')];
}

function conversionNote({ conversion }: Plan): string {
  return `It must be converted first: ${conversion.join('; ')}.\n\n`;
}

function table(columns: readonly ColumnProfile[], proposal: Proposal, plan: Plan): string[] {
  const clip = (text: string, length: number) => {
    const line = text.replaceAll(/\s+/g, ' ');
    return line.length > length ? `${line.slice(0, length - 1)}…` : line;
  };
  const rows = columns.map((column) => {
    const [field, chosen] = Object.entries(proposal).find(([, it]) => it.column.name === column.name) ?? ['-'];
    const isId = field !== 'id' && plan.columns.id === column.name;
    return [isId ? `${field}, id` : field, column.name, chosen ? `by ${chosen.why}` : '', clip(column.sample, 40)];
  });
  const all = [['field', 'column', '', 'for example'], ...rows];
  const widths = [0, 1, 2].map((i) => Math.max(...all.map((row) => row[i]!.length)));
  return all.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd());
}

/** For a POSIX shell. */
function quote(text: string): string {
  return /^[\p{L}\p{N}_./=,:@%+-]+$/u.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
