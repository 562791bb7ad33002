/** What was landed by a program from before the log was chained, into the table that it had. */
import { hash } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../../src/db/tables.ts'

export interface OlderItem {
  readonly kind: string
  readonly source: string
  readonly body: string
}

export async function landOlder(db: Kysely<Tables>, book: bigint, batch: number, items: readonly OlderItem[]) {
  for (const [index, { kind, source, body }] of items.entries()) {
    const bytes = Buffer.from(body)
    await sql`insert into landing (book, batch, item, kind, source, request, fetched_at_ms, http_status, content_type, encoding,
        body, body_bytes, body_sha256)
      values (${book}, ${batch}, ${index + 1}, ${kind}, ${source}, '{}', 5, null, 'text/plain', 'identity', ${bytes},
        ${bytes.length}, ${hash('sha256', bytes, 'buffer')})`.execute(db)
  }
}
