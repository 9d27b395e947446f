import { describe, expect, it } from 'vitest';
import { isBusy, toReferentError } from './errors.js';
import { createOpenSearchIndex } from './index.js';
import { innerProductOf, portionsOf, vectorText } from './wire.js';

describe('errors', () => {
  it.each([
    [401, '', '', 'INDEX_SERVER_DENIED'],
    [403, 'security_exception', 'no permissions for [indices:admin/create]', 'INDEX_SERVER_DENIED'],
    [400, 'illegal_argument_exception', 'unknown setting [index.knn] please check', 'INDEX_SERVER_INCAPABLE'],
    [400, 'parsing_exception', 'unknown query [knn]', 'INDEX_SERVER_INCAPABLE'],
    [
      429,
      'cluster_block_exception',
      'index [a] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];',
      'INDEX_SERVER_FULL',
    ],
    [404, 'index_not_found_exception', 'no such index [a]', 'INDEX_TABLE_MISSING'],
    [400, 'mapper_parsing_exception', 'failed to parse field [embedding]', 'INDEX_MISMATCH'],
    [429, 'rejected_execution_exception', 'rejected execution of primary operation', 'INDEX_SERVER_BUSY'],
    [503, 'cluster_manager_not_discovered_exception', '', 'INDEX_SERVER_BUSY'],
    [500, 'null_pointer_exception', '', 'INDEX_SERVER_FAILED'],
  ])('of status %d and type "%s" (%s) become %s', (status, type, reason, code) => {
    expect(toReferentError(status, { type, reason }, 'db:9200')).toMatchObject({ code });
  });

  it('of which statuses pass', () => {
    expect([200, 400, 429, 500, 502, 503, 504].filter(isBusy)).toEqual([429, 502, 503, 504]);
  });

  it.each([
    { dimensions: 0 },
    { dimensions: 16_001 },
    { index: 'Upper' },
    { index: 'a/b' },
    { index: '-v1' },
    { expansionSearch: 0 },
    { shards: 0 },
    { replicas: -1 },
    { refreshInterval: 0 },
    { label: '' },
    { label: 'two\nlines' },
    { url: 'db.example:hunter2' },
    { url: [] },
    { url: ['http://a:9200', 'ftp://hunter2@b'] },
  ])('name the setting that is wrong: %o', async (wrong) => {
    const error = await createOpenSearchIndex({ index: 'any', dimensions: 2, ...wrong }).catch((it: unknown) => it);
    expect(error).toMatchObject({ code: 'INDEX_INVALID_OPTIONS' });
    expect(String(error)).not.toContain('hunter2');
  });

  it('refuse an option that does not exist', async () => {
    const options = { index: 'any', dimensions: 2, replica: 1 };
    await expect(createOpenSearchIndex(options)).rejects.toMatchObject({ code: 'UNKNOWN_OPTION' });
  });
});

describe('the wire', () => {
  it('gives inner products back from the scores that Lucene makes of them', () => {
    const scoreOf = (dot: number) => (dot < 0 ? 1 / (1 - dot) : dot + 1);
    for (const dot of [-1e6, -3, -0.5, 0, 0.25, 1, 7, 1e6]) {
      expect(Math.abs(innerProductOf(scoreOf(dot)) - dot)).toBeLessThanOrEqual(1e-9 * Math.max(1, dot ** 2));
    }
  });

  it('writes every float exactly, whatever its size', () => {
    const values = Float32Array.of(0.1, -1 / 3, 1e-30, 3e38, 1.17549435e-38, 16_777_217, 0);
    expect(Float32Array.from(JSON.parse(vectorText(values, 0, values.length)))).toEqual(values);
  });

  it('cuts a change into portions that hold every key once', () => {
    const rows = { data: new Float32Array(2000 * 200).fill(1 / 3), count: 2000 };
    const keys = Uint32Array.from({ length: 2000 }, (_, row) => row);
    const portions = [...portionsOf(keys, () => 'create', { rows, dimensions: 200 })];
    expect(portions.length).toBeGreaterThan(1);
    expect(portions.flatMap((portion) => portion.keys)).toEqual([...keys]);
    for (const { lines } of portions) expect(lines.join('').length).toBeLessThan(5_000_000);
  });
});
