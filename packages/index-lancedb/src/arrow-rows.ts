import type { Rows } from '@referent/core';
import type { Schema, Table } from 'apache-arrow';
import type { Lancedb } from './load-lancedb.js';
import type { Settings } from './options.js';

type Arrow = Lancedb['arrow'];

const labelKey = 'referent.label';

export function schemaOf(arrow: Arrow, { dimensions, label }: Pick<Settings, 'dimensions' | 'label'>): Schema {
  const { Schema, Field, Uint32, FixedSizeList, Float32 } = arrow;
  const values = new FixedSizeList(dimensions, new Field('item', new Float32(), true));
  const fields = [new Field('key', new Uint32(), false), new Field('vector', values, false)];
  return new Schema(fields, new Map(label === undefined ? [] : [[labelKey, label]]));
}

export function labelOf({ metadata }: Schema): string | undefined {
  return metadata.get(labelKey);
}

/** The rows as a table, without a copy: LanceDB writes it out before the call returns. */
export function tableOf(arrow: Arrow, schema: Schema, keys: Uint32Array, { data, count }: Rows): Table {
  const { makeData, Uint32, Float32, Struct, RecordBatch, Table: ArrowTable } = arrow;
  const values = makeData({ type: new Float32(), length: data.length, nullCount: 0, data });
  const children = [
    makeData({ type: new Uint32(), length: count, nullCount: 0, data: keys }),
    makeData({ type: schema.fields[1]!.type, length: count, nullCount: 0, child: values }),
  ];
  const rows = makeData({ type: new Struct(schema.fields), length: count, nullCount: 0, children });
  return new ArrowTable(schema, new RecordBatch(schema, rows));
}
