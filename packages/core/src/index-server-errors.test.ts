import { expect, it } from 'vitest';
import { indexServerErrors } from './index-server-errors.js';

it('says what happened, why and what to do, with stable codes', () => {
  const cause = new Error('connect ECONNREFUSED.');
  const errors = [
    indexServerErrors.unreachable('postgres', 'db:5432', cause),
    indexServerErrors.denied('postgres', 'db:5432', cause),
    indexServerErrors.incapable('postgres', 'db:5432', 'the extension vector', 'Install pgvector.'),
    indexServerErrors.timeout('postgres', 'db:5432', 500),
    indexServerErrors.connectionLost('postgres', 'db:5432', cause),
  ];
  expect(errors.map(({ code }) => code)).toEqual([
    'INDEX_SERVER_UNREACHABLE',
    'INDEX_SERVER_DENIED',
    'INDEX_SERVER_INCAPABLE',
    'INDEX_TIMEOUT',
    'INDEX_CONNECTION_LOST',
  ]);
  for (const { message, details, fix } of errors) {
    expect(message).toContain('db:5432');
    expect(details).toMatchObject({ address: 'db:5432' });
    expect(fix).toMatch(/\.$/);
  }
  expect(errors[0]?.why).toBe('connect ECONNREFUSED.');
  expect(indexServerErrors.unreachable('postgres', 'db:5432', 'gone').why).toBeUndefined();
});
