/**
 * The inbox: what people download goes into a folder, and the next sync imports it. Evidence files lie at the top, order
 * histories in a folder named like their panel, statements in one named like their account. Files stay where they are; one already
 * imported is passed over, and one that cannot be read is named and left to a person.
 */
import { readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { BookConfig } from '../config/model.ts'
import { InputError, RejectedError } from '../domain/errors.ts'
import { importFile, sha256OfFile, type ImportFile, type ImportResult } from './import-file.ts'
import { importStatement } from './import-statement.ts'
import { evidenceFile, historyOptions, orderHistoryFile } from './import-kinds.ts'
import type { RunContext } from './run-context.ts'
import { NOTHING_SAID } from './statements/kept-profile.ts'

export async function importInbox(context: RunContext, book: BookConfig): Promise<readonly ImportResult[]> {
  if (book.inbox === undefined) return []
  const results: ImportResult[] = []
  for (const path of csvFiles(book.inbox)) {
    results.push(await importOrRefuse(context, '', path, () => evidenceFile(path)))
  }
  for (const source of book.sources) {
    if (source.type !== 'panel') continue
    for (const path of csvFiles(join(book.inbox, source.name))) {
      const open = () => orderHistoryFile(path, source.name, historyOptions(source))
      results.push(await importOrRefuse(context, source.name, path, open))
    }
  }
  for (const { name } of book.accounts) {
    for (const path of allFiles(join(book.inbox, name))) {
      results.push(await orRefusal(context, name, path, () => statementOf(context, book, name, path)))
    }
  }
  return results
}

async function statementOf(
  context: RunContext,
  book: BookConfig,
  account: string,
  path: string,
): Promise<ImportResult> {
  const said = { path, account, format: null, said: NOTHING_SAID }
  const { file, sha256, alreadyImported, stored, totals, left } = await importStatement(context, book, said)
  for (const remark of left) context.warn(account, `the inbox: ${file}: ${remark}`)
  const earlier = alreadyImported ? [{ source: account, file: stored.name, importedAtMs: stored.importedAtMs }] : []
  return { file, sha256, alreadyImported, refusal: null, earlier, totals, footing: null }
}

/** One file that cannot be read stops neither the others nor the night. It is not remembered, so every night says so. */
async function importOrRefuse(
  context: RunContext,
  source: string,
  path: string,
  open: () => ImportFile,
): Promise<ImportResult> {
  return orRefusal(context, source, path, async () => importFile(context, open(), await sha256OfFile(path)))
}

async function orRefusal(
  context: RunContext,
  source: string,
  path: string,
  work: () => Promise<ImportResult>,
): Promise<ImportResult> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof InputError || error instanceof RejectedError)) throw error
    const refusal = `${error.message} ${error.hint}`.trim()
    context.warn(source, `the inbox: ${refusal}`)
    const file = basename(path)
    const sha256 = await sha256OfFile(path).catch(() => '')
    return { file, sha256, alreadyImported: false, refusal, earlier: [], totals: null, footing: null }
  }
}

function csvFiles(folder: string): readonly string[] {
  return allFiles(folder).filter((path) => /\.csv$/i.test(path))
}

/** By name, so that the order does not depend on the file system. What begins with a dot is not meant for anybody. */
function allFiles(folder: string): readonly string[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return []
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
}
