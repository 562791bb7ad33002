/** A backup and a restore in words: how far each book is, what lies between, and what to do next. */
import type { Backup } from '../../pipeline/backup/backup.ts'
import type { Compared, Present, RestorePlan } from '../../pipeline/backup/restore.ts'
import type { Beyond, Standing } from '../../pipeline/backup/standing.ts'
import { counted, type Column } from '../output.ts'
import type { Session } from '../session.ts'

type Tables = Pick<Session, 'table'>

const COLUMNS: readonly Column[] = [
  { title: 'Book' },
  { title: 'Transactions', align: 'right' },
  { title: 'Chain head' },
  { title: 'Log up to' },
  { title: 'Last night' },
]
const DIGITS = 16

export function standingView({ book, lastingId, chain, log, night }: Standing) {
  return { book: book.name, id: lastingId, chainHead: { sequence: chain.sequence, hash: chain.hash }, log, night }
}

export function backupLines(session: Tables, database: string, { file, bytes, books }: Backup): readonly string[] {
  return [
    `${database} is backed up in ${file}: ${(bytes / 1_048_576).toFixed(1)} MiB, examined, with the same chain heads.`,
    '',
    ...standingLines(session, books),
    '',
    `To go back to it: tieout restore ${file}`,
    'It holds the tokens of connections, encrypted: keep tokenKey somewhere else.',
  ]
}

function standingLines(session: Tables, books: readonly Standing[]): readonly string[] {
  if (books.length === 0) return ['It holds no books yet.']
  const rows = books.map(({ book, chain, log, night }) => [
    book.name,
    String(chain.sequence),
    `${chain.sequence}:${chain.hash.slice(0, DIGITS)}`,
    log === null ? 'nothing' : `${log.place}:${log.hash.slice(0, DIGITS)}`,
    night ?? 'none',
  ])
  return session.table(COLUMNS, rows)
}

interface Done {
  readonly dryRun: boolean
  readonly aside: string | null
}

export function restoreView({ file, database, books, present }: RestorePlan, { dryRun, aside }: Done) {
  return { file, database, dryRun, keptAside: aside, books: books.map(standingView), present: presentView(present) }
}

function presentView(present: Present) {
  if (present.kind !== 'read') return present
  const books = present.books.map((each) => ({ ...standingView(each.present), ...each.difference }))
  return { kind: present.kind, books }
}

export function restoreLines(session: Tables, plan: RestorePlan, done: Done): readonly string[] {
  const { file, database, books, present } = plan
  return [
    done.dryRun ? `${file} can be restored; nothing was changed.` : `${database} is now what ${file} holds.`,
    '',
    ...standingLines(session, books),
    '',
    ...presentLines(present, database),
    ...missingLines(plan),
    ...(done.aside === null
      ? []
      : ['', `The database of before is kept: ${done.aside}. To go back to it: tieout restore ${done.aside}`]),
    '',
    ...(done.dryRun ? [`To do it: tieout restore ${file}`] : NEXT),
  ]
}

const NEXT = [
  'Next:',
  '1. tieout connections: a vendor may have changed the tokens since; tieout connect TARGET makes it whole.',
  '2. tieout sync: reads the sources again, and delivers; what a target already holds is looked up and adopted.',
  '3. tieout targets drift --all, and then tieout targets tie-out: whether the targets hold what the books say.',
]

function presentLines(present: Present, database: string): readonly string[] {
  switch (present.kind) {
    case 'missing':
      return [`There was no database at ${database}: nothing is lost.`]
    case 'unreadable':
      return [`What the database of before has beyond it cannot be said, since it cannot be read: ${present.why}`]
    case 'read':
      return present.books.flatMap(bookLines)
  }
}

function bookLines({ present, copy, difference }: Compared): readonly string[] {
  const { name } = present.book
  const nights = `last night ${present.night ?? 'none'}, and ${copy?.night ?? 'none'} in the backup`
  switch (difference.kind) {
    case 'nothing-lost':
      return [`Book ${name}: the backup has all of it; ${nights}. Nothing is lost.`]
    case 'earlier':
      return [
        `Book ${name} loses what came after the backup: ${figures(difference.lost)}; ${nights}.`,
        ...saidLines(difference.lost),
      ]
    case 'another-life':
      return [
        `Book ${name} has had another life than the backup: neither log is the beginning of the other. It loses ${figures(difference.lost)}; ${nights}.`,
        ...saidLines(difference.lost),
      ]
    case 'not-in-copy':
      return [
        `Book ${name} is not in the backup at all. It loses ${figures(difference.lost)}.`,
        ...saidLines(difference.lost),
      ]
  }
}

function figures({ records, transactions }: Beyond): string {
  return `${counted(records, 'record')} of the log and ${counted(transactions, 'transaction')}`
}

/** What a person has to do again, since no source is asked for it. */
function saidLines({ said }: Beyond): readonly string[] {
  if (said.length === 0) return []
  const kinds = said.map(({ kind, records }) => `${kind} ${records}`).join(', ')
  return [`  Of these, no source says again what people said, imported or approved: ${kinds}.`]
}

/** A book that only the backup has is worth a word where it takes the place of others. */
function missingLines({ books, present }: RestorePlan): readonly string[] {
  if (present.kind !== 'read') return []
  const names = new Set(present.books.map((each) => each.present.book.name))
  return books
    .filter(({ book }) => !names.has(book.name))
    .map(({ book }) => `Book ${book.name} is in the backup alone.`)
}
