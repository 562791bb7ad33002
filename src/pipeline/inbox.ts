/**
 * The inbox: what people download goes into a folder, and the next sync imports it. Evidence files lie at the top,
 * order histories in a folder named like their panel. Files stay where they are; a file already imported is passed over.
 */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { BookConfig, PanelConfig } from '../config/model.ts'
import { importFile, sha256OfFile, type ImportResult } from './import-file.ts'
import { evidenceFile, historyTimeZone, orderHistoryFile } from './import-kinds.ts'
import type { RunContext } from './run-context.ts'

export async function importInbox(context: RunContext, book: BookConfig): Promise<readonly ImportResult[]> {
  if (book.inbox === undefined) return []
  const results: ImportResult[] = []
  for (const path of csvFiles(book.inbox)) {
    results.push(await importFile(context, evidenceFile(path), await sha256OfFile(path)))
  }
  for (const source of book.sources) {
    if (source.type !== 'panel') continue
    results.push(...(await importHistories(context, book.inbox, source)))
  }
  return results
}

async function importHistories(
  context: RunContext,
  inbox: string,
  source: PanelConfig,
): Promise<readonly ImportResult[]> {
  const results: ImportResult[] = []
  for (const path of csvFiles(join(inbox, source.name))) {
    const file = orderHistoryFile(path, source.name, { timeZone: historyTimeZone(source, undefined) })
    results.push(await importFile(context, file, await sha256OfFile(path)))
  }
  return results
}

/** By name, so that the order does not depend on the file system. */
function csvFiles(folder: string): readonly string[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return []
  return readdirSync(folder)
    .filter((name) => /\.csv$/i.test(name))
    .sort()
    .map((name) => join(folder, name))
}
