/**
 * What the demo shows of every export format. Samples only: its accounting systems were given these journals by API, so
 * whoever imported one of the files as well would have everything twice.
 */
import { resolve } from 'node:path'
import type { Mappings } from '../config/mappings.ts'
import { EXPORT_FORMATS, type BookConfig, type SandboxConfig } from '../config/model.ts'
import type { Database } from '../db/database.ts'
import { addDays } from '../domain/time/dates.ts'
import type { Book } from '../ledger/books.ts'
import { exportJournals } from '../targets/files/export.ts'
import { nightInstant } from './night-instant.ts'

export const SAMPLES_NOTE =
  'Files, a sample of every format. Import none of them: QuickBooks and Xero have these journals already, by API.'

/** Paths of the files, all days of the rehearsal in each. They are dated with its last night, as nothing is handed out before it is approved. */
export async function writeSamples(
  { kysely }: Pick<Database, 'kysely'>,
  stored: Book,
  { targets }: Pick<BookConfig, 'targets'>,
  { sandbox, mappings, outDir }: Samples,
): Promise<readonly string[]> {
  const from = sandbox.start
  const to = addDays(from, sandbox.nights - 1)
  // That the targets have these journals would be the reason to refuse the files.
  const handOut = { by: 'tieout demo', atMs: nightInstant(sandbox, sandbox.nights), again: true, targets }
  const files: string[] = []
  for (const format of EXPORT_FORMATS) {
    const request = { format, from, to, outDir: resolve(outDir), mappings, handOut }
    const result = await exportJournals(kysely, stored, request)
    if (result.status === 'written') files.push(...result.files.map((file) => file.path))
  }
  return files
}

interface Samples {
  readonly sandbox: SandboxConfig
  readonly mappings: Mappings
  readonly outDir: string
}
