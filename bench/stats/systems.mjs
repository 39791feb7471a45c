// What is asked, in the order of the tables.

/** How often a question is asked in one process: at least, at most, and not again once it took so many ms together. */
const OFTEN = { least: 5, most: 300, budgetMs: 5_000 }
const SELDOM = { least: 2, most: 10, budgetMs: 5_000 }
const ONCE = { least: 1, most: 1, budgetMs: 0 }

/**
 * A row: `module` in systems/; `alone`, when each question has a process of its own and its time begins when the system is
 * opened; `index`, whether Ledgerline's index is deleted before each process or complete; `besideRank` as in answers.mjs;
 * `options`: what the module opens with; `isReference`: what the others are compared with.
 * A module exports `open({folder, workspace, projects})`, which gives ask(question), answer(what ask gave, question) in
 * the form of answers.mjs, and close(); and `prepare`, where it needs files of its own.
 */
export const SYSTEMS = {
  warm: { title: 'Ledgerline, warm', module: 'ledgerline', index: 'complete', asked: OFTEN, warms: true },
  indexed: {
    title: 'Ledgerline, opened with its index',
    module: 'ledgerline',
    index: 'complete',
    asked: ONCE,
    alone: true,
  },
  cold: {
    title: 'Ledgerline, opened without index',
    module: 'ledgerline',
    // As the command line opens it: for one answer, not for counters of all projects.
    options: { liveCounters: false },
    index: 'none',
    asked: ONCE,
    alone: true,
  },
  'duckdb-parquet': { title: 'DuckDB on Parquet', module: 'duckdb-parquet', asked: OFTEN, warms: true },
  'duckdb-jsonl': { title: 'DuckDB on the JSONL', module: 'duckdb-jsonl', asked: SELDOM },
  clickhouse: {
    title: 'ClickHouse engine (chdb)',
    module: 'clickhouse',
    asked: OFTEN,
    warms: true,
    besideRank: true,
  },
  fold: { title: 'JSON.parse and a fold', module: 'json-fold', asked: ONCE, isReference: true },
}

/** Beyond so many entries the fold is asked for two questions only: the others are passes over the same lines. */
export const MANY = 2_000_000
export const FOLD_OF_MANY = ['summary', 'global']
