/**
 * The inbox: what people download goes into a folder, and the next sync imports it. Evidence files lie at the top,
 * order histories in a folder named like their panel. Files stay where they are; one already
 * imported is passed over, and one that cannot be read is named and left to a person.
 */
import { readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { BookConfig } from '../config/model.ts'
import { InputError } from '../domain/errors.ts'
import { importFile, sha256OfFile, type ImportFile, type ImportResult } from './import-file.ts'
import { evidenceFile, historyTimeZone, orderHistoryFile } from './import-kinds.ts'
import type { RunContext } from './run-context.ts'

export async function importInbox(context: RunContext, book: BookConfig): Promise<readonly ImportResult[]> {
  if (book.inbox === undefined) return []
  const results: ImportResult[] = []
  for (const path of csvFiles(book.inbox)) {
    results.push(await importOrRefuse(context, '', path, () => evidenceFile(path)))
  }
  for (const source of book.sources) {
    if (source.type !== 'panel') continue
    for (const path of csvFiles(join(book.inbox, source.name))) {
      const open = () => orderHistoryFile(path, source.name, { timeZone: historyTimeZone(source, undefined) })
      results.push(await importOrRefuse(context, source.name, path, open))
    }
  }
  return results
}

/** One file that cannot be read stops neither the others nor the night. It is not remembered, so every night says so. */
async function importOrRefuse(
  context: RunContext,
  source: string,
  path: string,
  open: () => ImportFile,
): Promise<ImportResult> {
  let sha256 = ''
  try {
    sha256 = await sha256OfFile(path)
    return await importFile(context, open(), sha256)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    const refusal = `${error.message} ${error.hint}`.trim()
    context.warn(source, `the inbox: ${refusal}`)
    const file = basename(path)
    return { file, sha256, alreadyImported: false, refusal, earlier: [], totals: null, footing: null }
  }
}

/** By name, so that the order does not depend on the file system. */
function csvFiles(folder: string): readonly string[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return []
  return readdirSync(folder)
    .filter((name) => /\.csv$/i.test(name))
    .sort()
    .map((name) => join(folder, name))
}
