import type { Migration } from './migration.ts';

/** The first form: analyzers, sessions, groups, runs, verdicts, decisions, examples, pictures, outputs. */
export const ground: Migration = {
  version: 1,
  what: 'ground',
  up(database) {
    database.exec(`
      CREATE TABLE processes (
        process_id TEXT PRIMARY KEY,
        pid INTEGER NOT NULL,
        host TEXT NOT NULL,
        started_at TEXT NOT NULL,
        seen_at TEXT NOT NULL,
        closed_at TEXT
      ) STRICT;

      CREATE TABLE analyzers (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        analyzer_id TEXT NOT NULL UNIQUE,
        folder TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        format TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        opened_at TEXT NOT NULL,
        forgotten INTEGER NOT NULL DEFAULT 0
      ) STRICT;

      CREATE TABLE sessions (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        session_id TEXT NOT NULL UNIQUE,
        analyzer_id TEXT NOT NULL REFERENCES analyzers (analyzer_id),
        fingerprint TEXT NOT NULL,
        title TEXT NOT NULL,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL,
        archived_at TEXT,
        shown_group_id TEXT REFERENCES groups (group_id)
      ) STRICT;
      CREATE INDEX sessions_by_analyzer ON sessions (analyzer_id, fingerprint, seq);
      CREATE INDEX sessions_by_fingerprint ON sessions (fingerprint, seq);

      CREATE TABLE groups (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        group_id TEXT NOT NULL UNIQUE,
        session_id TEXT NOT NULL REFERENCES sessions (session_id),
        -- JSON array of the ids as stored by SpikeInterface, in the analyzer's unit order: [12] and ["12"] differ.
        units TEXT NOT NULL,
        spike_counts TEXT NOT NULL,
        origin TEXT NOT NULL CHECK (origin IN ('search', 'hand', 'import')),
        template_diff REAL,
        listed INTEGER NOT NULL DEFAULT 1,
        position INTEGER NOT NULL,
        created_at TEXT NOT NULL,
        UNIQUE (session_id, units)
      ) STRICT;
      CREATE INDEX groups_of_session ON groups (session_id, listed, position);

      CREATE TABLE candidate_runs (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        run_id TEXT NOT NULL UNIQUE,
        session_id TEXT NOT NULL REFERENCES sessions (session_id),
        created_at TEXT NOT NULL,
        request TEXT NOT NULL,
        steps TEXT NOT NULL,
        computed TEXT NOT NULL,
        ms REAL NOT NULL
      ) STRICT;
      CREATE INDEX candidate_runs_of_session ON candidate_runs (session_id, seq);

      CREATE TABLE candidate_run_groups (
        run_id TEXT NOT NULL REFERENCES candidate_runs (run_id),
        position INTEGER NOT NULL,
        group_id TEXT NOT NULL REFERENCES groups (group_id),
        template_diff REAL,
        PRIMARY KEY (run_id, position)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE pictures (
        sha256 TEXT PRIMARY KEY,
        media_type TEXT NOT NULL,
        size_bytes INTEGER NOT NULL,
        width_px INTEGER NOT NULL,
        height_px INTEGER NOT NULL,
        created_at TEXT NOT NULL
      ) STRICT;

      CREATE TABLE picture_keys (
        cache_key TEXT PRIMARY KEY,
        sha256 TEXT NOT NULL REFERENCES pictures (sha256),
        feature TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        description TEXT NOT NULL,
        ms REAL NOT NULL,
        created_at TEXT NOT NULL
      ) STRICT;

      CREATE TABLE batches (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        batch_id TEXT NOT NULL UNIQUE,
        session_id TEXT NOT NULL REFERENCES sessions (session_id),
        judge TEXT NOT NULL,
        model TEXT NOT NULL,
        prompt_id TEXT NOT NULL,
        prompt_version TEXT NOT NULL,
        prompt_hash TEXT NOT NULL,
        features TEXT NOT NULL,
        with_numbers INTEGER NOT NULL,
        example_ids TEXT NOT NULL,
        num_workers INTEGER NOT NULL,
        params TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('running', 'paused', 'cancelled', 'done')),
        stopped_by TEXT,
        process_id TEXT REFERENCES processes (process_id),
        created_at TEXT NOT NULL,
        finished_at TEXT
      ) STRICT;
      CREATE INDEX batches_of_session ON batches (session_id, seq);
      CREATE INDEX batches_in_state ON batches (state, seq);

      CREATE TABLE batch_items (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        item_id TEXT NOT NULL UNIQUE,
        batch_id TEXT NOT NULL REFERENCES batches (batch_id),
        group_id TEXT NOT NULL REFERENCES groups (group_id),
        position INTEGER NOT NULL,
        state TEXT NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'running', 'done', 'failed')),
        claimed_count INTEGER NOT NULL DEFAULT 0,
        failure TEXT,
        ended_at TEXT,
        input_tokens INTEGER NOT NULL DEFAULT 0,
        output_tokens INTEGER NOT NULL DEFAULT 0,
        cached_input_tokens INTEGER NOT NULL DEFAULT 0,
        cost_usd REAL,
        latency_ms REAL NOT NULL DEFAULT 0,
        request_count INTEGER NOT NULL DEFAULT 0,
        UNIQUE (batch_id, group_id),
        UNIQUE (batch_id, position)
      ) STRICT;
      CREATE INDEX batch_items_in_state ON batch_items (batch_id, state, position);
      CREATE INDEX batch_items_of_group ON batch_items (group_id, ended_at);

      CREATE TABLE verdicts (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        verdict_id TEXT NOT NULL UNIQUE,
        group_id TEXT NOT NULL REFERENCES groups (group_id),
        session_id TEXT NOT NULL REFERENCES sessions (session_id),
        batch_id TEXT REFERENCES batches (batch_id),
        -- One verdict for one item of a run: a pair cannot be stored twice.
        item_id TEXT UNIQUE REFERENCES batch_items (item_id),
        judge TEXT NOT NULL,
        asked_model TEXT NOT NULL,
        model TEXT NOT NULL,
        prompt_id TEXT NOT NULL,
        prompt_version TEXT NOT NULL,
        prompt_hash TEXT NOT NULL,
        verdict TEXT NOT NULL CHECK (verdict IN ('merge', 'not merge', 'unsure')),
        confidence REAL NOT NULL CHECK (confidence >= 0 AND confidence <= 1),
        reasoning TEXT NOT NULL,
        features TEXT NOT NULL,
        cells TEXT,
        numbers TEXT NOT NULL,
        params TEXT NOT NULL,
        example_ids TEXT NOT NULL,
        input_tokens INTEGER NOT NULL,
        output_tokens INTEGER NOT NULL,
        cached_input_tokens INTEGER NOT NULL,
        request_count INTEGER NOT NULL,
        cost_usd REAL,
        latency_ms REAL NOT NULL,
        finish TEXT NOT NULL,
        warnings TEXT NOT NULL,
        raw TEXT NOT NULL,
        system_text TEXT NOT NULL,
        question_text TEXT NOT NULL,
        created_at TEXT NOT NULL
      ) STRICT;
      CREATE INDEX verdicts_of_group ON verdicts (group_id, seq);
      CREATE INDEX verdicts_of_session ON verdicts (session_id, seq);

      CREATE TABLE verdict_pictures (
        verdict_id TEXT NOT NULL REFERENCES verdicts (verdict_id),
        position INTEGER NOT NULL,
        feature TEXT NOT NULL,
        sha256 TEXT NOT NULL REFERENCES pictures (sha256),
        PRIMARY KEY (verdict_id, position)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE decision_events (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        session_id TEXT NOT NULL REFERENCES sessions (session_id),
        group_id TEXT NOT NULL REFERENCES groups (group_id),
        kind TEXT NOT NULL CHECK (kind IN ('decide', 'undo', 'redo', 'note')),
        decision TEXT CHECK (decision IN ('merge', 'not merge', 'unsure')),
        note TEXT,
        -- The decide event that an undo takes back or a redo brings again.
        target_seq INTEGER REFERENCES decision_events (seq),
        shown_at TEXT,
        saw_verdict INTEGER,
        verdict_id TEXT REFERENCES verdicts (verdict_id),
        reviewer TEXT NOT NULL,
        at TEXT NOT NULL,
        CHECK ((kind = 'decide') = (decision IS NOT NULL)),
        CHECK ((kind = 'note') = (note IS NOT NULL)),
        CHECK ((kind IN ('undo', 'redo')) = (target_seq IS NOT NULL))
      ) STRICT;
      CREATE INDEX decision_events_of_session ON decision_events (session_id, seq);

      CREATE TRIGGER decision_events_are_kept BEFORE DELETE ON decision_events
        BEGIN SELECT RAISE(ABORT, 'decision_events is append only'); END;
      CREATE TRIGGER decision_events_are_final BEFORE UPDATE ON decision_events
        BEGIN SELECT RAISE(ABORT, 'decision_events is append only'); END;
      CREATE TRIGGER verdicts_are_kept BEFORE DELETE ON verdicts
        BEGIN SELECT RAISE(ABORT, 'verdicts is append only'); END;
      CREATE TRIGGER verdicts_are_final BEFORE UPDATE ON verdicts
        BEGIN SELECT RAISE(ABORT, 'verdicts is append only'); END;

      CREATE TABLE examples (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        example_id TEXT NOT NULL UNIQUE,
        library TEXT NOT NULL,
        label TEXT NOT NULL CHECK (label IN ('good', 'bad')),
        why TEXT NOT NULL,
        units TEXT NOT NULL,
        labels TEXT NOT NULL,
        numbers TEXT NOT NULL,
        group_id TEXT NOT NULL REFERENCES groups (group_id),
        fingerprint TEXT NOT NULL,
        analyzer_id TEXT NOT NULL REFERENCES analyzers (analyzer_id),
        analyzer_name TEXT NOT NULL,
        created_at TEXT NOT NULL,
        retired_at TEXT
      ) STRICT;
      CREATE INDEX examples_of_group ON examples (group_id, seq);

      CREATE TABLE example_pictures (
        example_id TEXT NOT NULL REFERENCES examples (example_id),
        position INTEGER NOT NULL,
        feature TEXT NOT NULL,
        sha256 TEXT NOT NULL REFERENCES pictures (sha256),
        PRIMARY KEY (example_id, position)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE settings (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE applied_outputs (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        output_id TEXT NOT NULL UNIQUE,
        session_id TEXT NOT NULL REFERENCES sessions (session_id),
        source TEXT NOT NULL,
        path TEXT NOT NULL,
        files TEXT NOT NULL,
        merged TEXT NOT NULL,
        unit_count INTEGER NOT NULL,
        created_at TEXT NOT NULL
      ) STRICT;
      CREATE INDEX applied_outputs_of_session ON applied_outputs (session_id, seq);

      -- What left this machine: where to, for what, how much. Never what was in it.
      CREATE TABLE requests (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        at TEXT NOT NULL,
        judge TEXT NOT NULL,
        host TEXT NOT NULL,
        method TEXT NOT NULL,
        sent_bytes INTEGER NOT NULL,
        status INTEGER,
        ms REAL NOT NULL
      ) STRICT;
    `);
  },
};
