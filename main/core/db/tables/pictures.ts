import type { Database } from 'better-sqlite3';

export interface PictureRow {
  readonly sha256: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

export interface KeyedPicture extends PictureRow {
  readonly description: string;
  readonly ms: number;
}

/** Pictures by content, and which question each one answers. The bytes lie in the picture store. */
export function picturesTable(database: Database, now: () => string) {
  const insert = database.prepare(
    'INSERT OR IGNORE INTO pictures (sha256, media_type, size_bytes, width_px, height_px, created_at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const insertKey = database.prepare(
    'INSERT OR REPLACE INTO picture_keys (cache_key, sha256, feature, fingerprint, description, ms, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const bySha256 = database.prepare(
    `SELECT sha256, media_type AS mediaType, size_bytes AS sizeBytes, width_px AS widthPx, height_px AS heightPx FROM pictures WHERE sha256 = ?`,
  );
  const byKey = database.prepare(
    `SELECT p.sha256, p.media_type AS mediaType, p.size_bytes AS sizeBytes, p.width_px AS widthPx, p.height_px AS heightPx, k.description, k.ms
     FROM picture_keys k JOIN pictures p ON p.sha256 = k.sha256 WHERE k.cache_key = ?`,
  );

  return {
    add(picture: PictureRow): void {
      insert.run(picture.sha256, picture.mediaType, picture.sizeBytes, picture.widthPx, picture.heightPx, now());
    },
    addKey(cacheKey: string, sha256: string, feature: string, fingerprint: string, description: string, ms: number): void {
      insertKey.run(cacheKey, sha256, feature, fingerprint, description, ms, now());
    },
    bySha256: (sha256: string) => bySha256.get(sha256) as PictureRow | undefined,
    byKey: (cacheKey: string) => byKey.get(cacheKey) as KeyedPicture | undefined,
  };
}
