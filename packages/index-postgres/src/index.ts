export type {
  CreatePostgresIndexOptions,
  OpenPostgresIndexOptions,
  PostgresConnectionOptions,
  PostgresQuantization,
  PostgresTableOptions,
} from './options.js';
export {
  type BuildGraphOptions,
  createPostgresIndex,
  openPostgresIndex,
  type PostgresIndex,
} from './postgres-index.js';
