import { resolve } from 'node:path';
import { describeKnowledgeBase } from '@referent/knowledge-base';
import { backends } from '../assemble/index-providers.js';
import type { CommandContext, CommonOptions } from '../command-context.js';
import { write } from '../io.js';
import { formatBytes, formatCount } from '../terminal.js';

export interface InfoOptions extends CommonOptions {
  readonly kb: string;
  readonly json?: boolean;
}

export async function info({ io, colors, logger }: CommandContext, { kb, json }: InfoOptions): Promise<number> {
  const description = await describeKnowledgeBase(resolve(io.cwd, kb));
  if (json) {
    await write(io.stdout, `${JSON.stringify(description, null, 2)}\n`);
    return 0;
  }
  const { manifest, counts, bytes, hasLexical, pending, residence, warnings } = description;
  const describe = backends[manifest.index.backend]?.describe;
  const rows = [
    ['entities', formatCount(counts.entities)],
    ['names', formatCount(counts.names)],
    ['worlds', formatCount(counts.worlds)],
    ['lexical source', hasLexical ? 'indexed' : 'not indexed yet: --sources dense,names,lexical does it once'],
    ['model', `${manifest.model.name} (${manifest.model.dimensions} dimensions, ${manifest.model.hash.slice(0, 12)})`],
    ['index', [manifest.index.backend, ...Object.values(manifest.index.settings)].join(' ')],
    ...(residence && describe ? [['', describe(residence)]] : []),
    [
      'on disk',
      `${formatBytes(bytes.store)} store, ${formatBytes(bytes.vectors)} vectors, ${formatBytes(bytes.index)} index`,
    ],
    ...(pending.added + pending.removed > 0
      ? [['not indexed yet', `${pending.added} added, ${pending.removed} removed`]]
      : []),
  ];
  await write(
    io.stdout,
    `${colors.bold(kb)}\n${rows.map(([name, value]) => `  ${name!.padEnd(16)}${value}\n`).join('')}`,
  );
  for (const warning of warnings) logger.warn(warning);
  return 0;
}
