/** Files that nights write, proven line by line against the sealed journals they are said to hold. */
import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
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

/** Of a book whose mappings are those the program comes with; gives how many files were read, too. */
export function checkExported(
  books: Books,
  book: string,
): { readonly findings: readonly Finding[]; readonly files: number } {
  const findings: Finding[] = []
  const files = books.rows(FILES, book).filter(({ path }) => existsSync(String(path)))
  for (const { book: id, n, format, path } of files) {
    const name = String(path).split('/').at(-1) ?? ''
    const content = readFileSync(String(path), 'utf8')
    const there = Map.groupBy(linesOfFile(String(format), content, chartCode), ({ document }) => document)
    const journals = books.rows(JOURNALS, id, n)
    const said = new Set(journals.map(({ document }) => String(document)))
    const say = (oracle: string, says: string): void =>
      void findings.push({ oracle, says: `${name} of ${book} ${says}` })
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
  return { findings, files: files.length }
}

function add(sums: Map<string, bigint>, code: string, amount: bigint): void {
  sums.set(code, (sums.get(code) ?? 0n) + amount)
}

/** The file that people adapt says which account of the chart a code at Xero stands for. */
function chartCode(atXero: string): string {
  const text = readFileSync(new URL('../../../mappings/xero.yaml', import.meta.url), 'utf8')
  const { accounts } = parse(text) as { readonly accounts: Readonly<Record<string, { readonly code: string }>> }
  return Object.entries(accounts).find(([, { code }]) => code === atXero)?.[0] ?? atXero
}
