/**
 * Files that were exported: read at once, as a person would who imports them, and proven against the sealed journals they
 * are of. What a file took into the same books goes there in no other way, unless somebody says that it was never imported.
 */
import { existsSync, readFileSync } from 'node:fs'
import { DEFAULT_CHART } from '../../../../src/sandbox/targets/chart.ts'
import { linesOfFile } from '../../oracles/file-lines.ts'
import type { Say } from './lines.ts'
import type { CompanyHome } from './plan.ts'
import { look, type Scene } from './scene.ts'
import type { Sealed } from './sealed.ts'

export interface HandedFile {
  readonly book: string
  readonly n: string
  readonly format: string
  readonly path: string
  /** True time at which it was noticed. */
  readonly atMs: number
  /** Null: it is another one by now. */
  readonly content: string | null
  readonly documents: readonly string[]
  isProven: boolean
}

/** Formats that go into the same books as a vendor's API. */
export const SAME_BOOKS = { quickbooks: ['quickbooks-csv', 'iif'], xero: ['xero-csv'] } as const

const FILES = `
  select file.n, file.format, file.path, file.at_ms, journal.document,
    file.n = (select max(n) from export_file as last where last.book = file.book and last.path = file.path) as is_last
  from export_file as file
  join export_journal as each on each.book = file.book and each.file = file.n
  join journal on journal.book = each.book and journal.id = each.journal
  where file.book = (select id from book where name = ?) order by file.n, journal.id`

/** To be called after whatever may have written files, and after a restore. */
export function noticeFiles(scene: Scene, { book }: CompanyHome): void {
  const rows = look(scene, FILES, book)
  const keyOf = (row: (typeof rows)[number]): string => `${String(row['n'])} ${String(row['at_ms'])}`
  const files = Map.groupBy(rows, keyOf)
  for (const [key, { book: of }] of scene.files) if (of === book && !files.has(key)) scene.files.delete(key)
  for (const [key, all] of files) {
    const [row] = all
    if (row === undefined || scene.files.has(key)) continue
    const path = String(row['path'])
    scene.files.set(key, {
      book,
      n: String(row['n']),
      format: String(row['format']),
      path,
      atMs: scene.nowMs(),
      content: Number(row['is_last']) === 1 && existsSync(path) ? readFileSync(path, 'utf8') : null,
      documents: all.map(({ document }) => String(document)),
      isProven: false,
    })
  }
}

/** Each journal that is said to be in a file is in it, with its date and lines, and nothing else is. */
export function proveFiles(scene: Scene, sealedOf: (document: string) => Sealed | undefined, say: Say): void {
  for (const file of scene.files.values()) {
    if (file.isProven) continue
    file.isProven = true
    if (file.content === null) continue
    const name = file.path.split('/').at(-1) ?? ''
    const lines = Map.groupBy(
      linesOfFile(file.format, file.content, (account) => codeNamed(scene, account)),
      ({ document }) => document,
    )
    const strange = [...lines.keys()].filter((document) => !file.documents.includes(document))
    if (strange.length > 0) say('file-journals', `${name} holds ${strange.join(', ')}, and is not known to`)
    for (const document of file.documents) {
      const sealed = sealedOf(document)
      if (sealed === undefined || sealed.home.book !== file.book) continue
      const there = lines.get(document) ?? []
      const dates = [...new Set(there.map(({ date }) => date))].filter((date) => date !== sealed.date)
      if (dates.length > 0) say('file-date', `${name} dates ${document} ${dates.join(', ')}, not ${sealed.date}`)
      const sums = new Map<string, bigint>()
      for (const { code, amount } of there) sums.set(code, (sums.get(code) ?? 0n) + amount)
      for (const code of new Set([...sums.keys(), ...sealed.cents.keys()])) {
        const [has, must] = [sums.get(code) ?? 0n, sealed.cents.get(code) ?? 0n]
        if (has !== must) say('file-lines', `${name} has ${has} of ${document} in ${code} and must have ${must}`)
      }
    }
  }
}

function codeNamed({ vendor }: Scene, account: string): string {
  return DEFAULT_CHART.find(({ code }) => vendor.accountOf(code) === account)?.code ?? account
}

/** Nothing is created of what a file has taken since the last word on it, unless a part of it was there before. */
export function checkHandedOut(scene: Scene, say: Say): void {
  const formats: readonly string[] = SAME_BOOKS[scene.plan.vendor]
  for (const { book, format, documents, atMs } of scene.files.values()) {
    if (!formats.includes(format)) continue
    for (const document of documents) {
      const isOf = (name: string): boolean => name === document || name.startsWith(`${document}.`)
      const sent = scene.vendor.sent.filter((each) => isOf(each.document))
      const late = sent.find((each) => each.atMs > atMs)
      if (late === undefined || sent.some((each) => each.atMs <= atMs)) continue
      const isMeant = scene.typed.some(
        (line) => line.book === book && line.atMs >= atMs && (line.what === 'deliver-again' || isOf(line.about ?? '')),
      )
      if (!isMeant) say('handed-and-sent', `${document} was sent after it had been handed out as a file`)
    }
  }
}
