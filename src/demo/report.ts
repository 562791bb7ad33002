/** The page of the demo's newest night, written where its other files are. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Mappings } from '../config/mappings.ts'
import type { BookConfig } from '../config/model.ts'
import type { Database } from '../db/database.ts'
import type { Book } from '../ledger/books.ts'
import { nightPage, type NightPage } from '../pipeline/report/page.ts'
import { reportDocument } from '../web/report/html.ts'

/** The page of the newest night, and the file it was written to. */
export async function demoReport(
  kysely: Database['kysely'],
  book: Book,
  config: BookConfig,
  { mappings, outDir, nowMs }: { readonly mappings: Mappings; readonly outDir: string; readonly nowMs: number },
): Promise<{ readonly page: NightPage; readonly file: string }> {
  const page = await nightPage(kysely, book, config, mappings, { night: null, knownAtMs: null, nowMs })
  const file = join(outDir, 'report.html')
  writeFileSync(file, await reportDocument(page))
  return { page, file }
}
