/** Files that nights write, proven line by line against the sealed journals they are said to hold, and that none is missing. */
import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { BookPlan } from '../kernel/deployment.ts'
import type { Finding } from '../world/part.ts'
import type { Books } from './books.ts'
import { linesOfFile } from './file-lines.ts'

/** The last of each name: a second one of the same name has taken its place. */
const FILES = `
  select file.book, file.n, file.format, file.path from export_file as file
  where file.book = (select id from book where name = ?)
    and file.n = (select max(n) from export_file as last where last.book = file.book and last.path = file.path)
  order by file.n`

const JOURNALS = `
  select journal.id, journal.document, journal.document_date from export_journal as each
  join journal on journal.book = each.book and journal.id = each.journal
  where each.book = ? and each.file = ? order by journal.id`

const LINES = `
  select account.key, line.rounded from journal_line as line
  join account on account.book = line.book and account.id = line.account
  where line.book = ? and line.journal = ? and line.rounded <> 0`

/**
 * What nights have sealed by themselves goes into one file for QuickBooks, of either kind, which every such book writes.
 * Amounts of an IIF file have no currency, so that journals in another than the book's own are left out (MAPPING.md); one
 * that moves no account by a whole cent has nothing to be written.
 */
const WRITTEN = `
  select journal.document, count(distinct file.path) as files from journal
  left join export_journal as each on each.book = journal.book and each.journal = journal.id
  left join export_file as file on file.book = each.book and file.n = each.file
    and file.format in ('quickbooks-csv', 'iif')
  where journal.book = (select id from book where name = ?) and journal.approved_by = 'tieout (auto)'
    and (? = 0 or journal.currency = (select currency from book where book.id = journal.book))
    and exists (select 1 from journal_line as line where line.book = journal.book and line.journal = journal.id and line.rounded <> 0)
  group by journal.id, journal.document having count(distinct file.path) <> 1 order by journal.id`

/** Of a book whose mappings are those the program comes with; gives how many files were read, too. */
export function checkExported(
  books: Books,
  { name: book, more }: Pick<BookPlan, 'name' | 'more'>,
): { readonly findings: readonly Finding[]; readonly files: number } {
  const findings: Finding[] = []
  const xeroCodes = readXeroCodes()
  const isOfOwnCurrency = more.some((line) => /^export:.*\biif\b/.test(line))
  const files = books.rows(FILES, book)
  for (const { book: id, n, format, path } of files) {
    const name = String(path).split('/').at(-1) ?? ''
    const say = (oracle: string, says: string): void =>
      void findings.push({ oracle, says: `${name} of ${book} ${says}` })
    if (!existsSync(String(path))) {
      say('file-lost', 'is said to be written, and is not there')
      continue
    }
    const content = readFileSync(String(path), 'utf8')
    const lines = linesOfFile(String(format), content, (code) => xeroCodes.get(code) ?? code)
    const there = Map.groupBy(lines, ({ document }) => document)
    const journals = books.rows(JOURNALS, id, n)
    const said = new Set(journals.map(({ document }) => String(document)))
    for (const document of there.keys())
      if (!said.has(document)) say('file-journals', `holds ${document}, and is not known to`)
    for (const journal of journals) {
      const document = String(journal['document'])
      const must = new Map<string, bigint>()
      for (const { key, rounded } of books.rows(LINES, id, journal['id']))
        add(must, String(key).split(':')[0] ?? '', BigInt(String(rounded)))
      const has = new Map<string, bigint>()
      for (const { code, amount, date } of there.get(document) ?? []) {
        add(has, code, amount)
        if (date !== String(journal['document_date']))
          say('file-date', `dates ${document} ${date}, not ${String(journal['document_date'])}`)
      }
      for (const code of new Set([...has.keys(), ...must.keys()]))
        if ((has.get(code) ?? 0n) !== (must.get(code) ?? 0n))
          say(
            'file-lines',
            `has ${has.get(code) ?? 0n} of ${document} in ${code} and must have ${must.get(code) ?? 0n}`,
          )
    }
  }
  for (const { document, files: count } of books.rows(WRITTEN, book, isOfOwnCurrency ? 1 : 0))
    findings.push({
      oracle: 'file-missing',
      says: `${String(document)} of ${book} is in ${String(count)} files of nights`,
    })
  return { findings, files: files.length }
}

function add(sums: Map<string, bigint>, code: string, amount: bigint): void {
  sums.set(code, (sums.get(code) ?? 0n) + amount)
}

/** The file that people adapt says which account of the chart a code at Xero stands for. */
function readXeroCodes(): ReadonlyMap<string, string> {
  const text = readFileSync(new URL('../../../mappings/xero.yaml', import.meta.url), 'utf8')
  const { accounts } = parse(text) as { readonly accounts: Readonly<Record<string, { readonly code: string }>> }
  return new Map(Object.entries(accounts).map(([ofChart, { code }]) => [code, ofChart]))
}
