/**
 * In the quiet nights somebody puts right what is left in a company, by what the exceptions name and the documented commands
 * alone; and access to it is given whenever it is missing.
 */
import type { Act } from '../part.ts'
import { PEOPLE, type CompanyHome } from './plan.ts'
import { takeCopies } from './copies.ts'
import { dayOf } from '../day.ts'
import { documentOf, isLive } from './entry.ts'
import { look, openAbout, type Scene, type TypedLine } from './scene.ts'

const DAY_MS = 86_400_000
/** A wrong moment for a command is a sentence and one of these. */
export const REFUSED = [0, 1, 2, 65]

/** Access to the company and an accepted mapping, as far as they are missing. */
export function* join(scene: Scene, { book }: CompanyHome, atMs: number): Iterable<Act> {
  const { name } = scene.plan
  const about = `book = (select id from book where name = ?) and target = ?`
  const [row] = look(scene, `select status from connection where ${about}`, book, name)
  const type = (...argv: readonly string[]): Act => ({ atMs, book, argv, allowed: REFUSED })
  if (row?.['status'] !== 'connected')
    yield {
      ...type('connect', name, '--no-browser', '--by', PEOPLE[0]),
      paste: (said) =>
        scene.vendor.consent(/^https?:\S+/m.exec(said.slice(said.lastIndexOf('Open this address')))?.[0] ?? ''),
    }
  const [version] = look(scene, `select 1 from mapping_version where ${about}`, book, name)
  const [company] = look(scene, `select 1 from target_company where ${about}`, book, name)
  if (company === undefined) yield type('mappings', 'pull', '--target', name)
  if (version === undefined) yield type('mappings', 'accept', '--target', name, '--by', PEOPLE[0])
}

/** Days and documents that are held. */
export function held(scene: Scene, book: string): readonly string[] {
  return look(
    scene,
    `select coalesce(hold.day, journal.document) as what from journal_hold as hold
     left join journal on journal.book = hold.book and journal.id = hold.journal
     where hold.book = (select id from book where name = ?) and hold.action = 'hold'
       and hold.n = (select max(n) from journal_hold as last where last.book = hold.book
         and last.day is hold.day and last.journal is hold.journal) order by hold.n`,
    book,
  ).map(({ what }) => String(what))
}

export function* putRight(scene: Scene, home: CompanyHome, atMs: number, isFirst: boolean): Iterable<Act> {
  const { vendor, plan, typed: log } = scene
  const { book } = home
  const [first, second] = PEOPLE
  const type = (...argv: readonly string[]): Act => ({ atMs, book, argv, allowed: REFUSED })
  const signed = ['--by', first, '--why', 'all is looked at']
  const target = ['--target', plan.name]
  vendor.close(null)
  vendor.limit(null)
  vendor.setOffline(false)
  for (const what of held(scene, book)) yield type('journals', 'release', what, ...signed)
  const through = dayOf(atMs - DAY_MS)
  const said = { book, through, atMs: scene.nowMs() }
  const lines: readonly TypedLine[] = [
    { ...said, what: 'prepare', by: first },
    { ...said, what: 'approve', by: second },
  ]
  log.push(...lines)
  scene.signed.push(...lines)
  yield type('journals', 'prepare', '--through', through, '--by', first)
  yield type('journals', 'approve', '--through', through, '--by', second)
  // By then access was given anew where it was lost, and everything has been looked at since.
  if (scene.quietEvenings === 3) noticed(scene, home)
  if (!isFirst && isSettled(scene, home)) return
  yield type('mappings', 'pull', ...target)
  // By then it is known whether access is still given.
  yield* join(scene, home, atMs)
  yield type('deliver', ...target)
  yield { ...type('targets', 'drift', ...target, '--all'), allowed: [0, 1] }
  removeOrphans(scene)
  takeCopies(scene)
  for (const named of openAbout(scene, home)) yield* mend(scene, home, named, type)
  yield type('deliver', ...target)
  yield { ...type('targets', 'tie-out', ...target), allowed: [0, 1] }
}

/** Nothing waits, and nobody asks anything. */
function isSettled(scene: Scene, home: CompanyHome): boolean {
  const waiting = look(
    scene,
    `select 1 from outbox where target = ? and book = (select id from book where name = ?) and state <> 'verified'
     union all select 1 from journal where book = (select id from book where name = ?) and status <> 'verified'`,
    scene.plan.name,
    home.book,
    home.book,
  )
  return waiting.length === 0 && openAbout(scene, home).length === 0
}

/** What hands did to our entries must be told once everything has been looked at. */
function noticed(scene: Scene, home: CompanyHome): void {
  const { vendor, touched, findings, copies } = scene
  const told = Map.groupBy(openAbout(scene, home), ({ document }) => document)
  const open = new Set(told.keys())
  const documents = new Set(documentsOf(scene, home.book))
  const live = vendor.entries().filter((entry) => isLive(entry))
  for (const [id, { document, how, news }] of touched) {
    // Of two under one number the one that is not ours is named by its id.
    const isTold = told.get(document)?.some(({ detail }) => detail.includes(news) || detail.includes(id)) === true
    if (!documents.has(document) || isTold) continue
    // Another one came in its place before anybody could have known this one.
    const isReplaced = live.some(
      (entry) => entry.id !== id && !touched.has(entry.id) && !copies.has(entry.id) && documentOf(entry) === document,
    )
    if ((how === 'delete' || how === 'void') && isReplaced) continue
    findings.push({
      oracle: 'hand-not-told',
      says: `${how} of ${document} (id ${id}) in ${scene.plan.name} is in no open exception`,
    })
  }
  for (const [id, { of, kind }] of copies) {
    const isThere = live.some((entry) => entry.id === id)
    const isOurs = live.some(
      (entry) => vendor.created.has(entry.id) && !touched.has(entry.id) && documentOf(entry) === of,
    )
    if (kind === 'copy' && isThere && isOurs && documents.has(of) && !open.has(of))
      findings.push({
        oracle: 'copy-not-told',
        says: `a copy of ${of} (id ${id}) in ${scene.plan.name} is in no open exception`,
      })
  }
}

/** Entries of journals that were lost with the books before a restore: the person who restored them takes them out. */
function removeOrphans(scene: Scene): void {
  const { vendor, orphans } = scene
  const known = new Set(scene.plan.homes.flatMap(({ book }) => documentsOf(scene, book)))
  for (const entry of vendor.entries())
    if (orphans.has(entry.id) && isLive(entry) && !known.has(documentOf(entry))) vendor.hand.remove(entry.id)
}

function documentsOf(scene: Scene, book: string): readonly string[] {
  return look(
    scene,
    'select document from outbox where target = ? and book = (select id from book where name = ?)',
    scene.plan.name,
    book,
  ).map(({ document }) => String(document))
}

interface Named {
  readonly number: number
  readonly code: string
  readonly document: string
  /** Of one that was changed there. */
  readonly how: string
  readonly detail: string
}

function* mend(
  scene: Scene,
  { book }: CompanyHome,
  { number, code, document, how, detail }: Named,
  type: (...argv: readonly string[]) => Act,
): Iterable<Act> {
  const { vendor, touched, copies, orphans, plan, removed } = scene
  const again = type('deliver', '--retry', document, '--target', plan.name, '--by', PEOPLE[0])
  if (how === 'copied') {
    for (const [id, copy] of copies) {
      // It may look like the journals of two books; each names the entry.
      if (copy.of !== document && !detail.includes(id)) continue
      const signed = ['--by', PEOPLE[0], '--why', 'another thing']
      // In the queue of exceptions first, which does not keep it from being told again.
      if (copy.kind === 'twin' && number % 2 === 0 && !scene.waved.has(document)) {
        scene.waved.add(document)
        yield type('decide', `E-${number}`, 'dismiss', ...signed)
      } else if (copy.kind === 'twin')
        yield type('targets', 'not-a-copy', document, id, '--target', plan.name, ...signed)
      else {
        vendor.hand.remove(id)
        copies.delete(id)
      }
    }
    // One that somebody had changed, which books that were restored since do not know.
    for (const [id, touch] of touched) {
      if (touch.document !== document || !detail.includes(`to delete: id ${id}`)) continue
      vendor.hand.remove(id)
      touched.delete(id)
    }
    return
  }
  if (!/^(TARGET_CHANGED|DELIVERY_FAILED)$/.test(code)) return
  for (const [id, touch] of touched) {
    if (touch.document !== document) continue
    const { lines, date, memo } = touch.before
    if (touch.mend === 'back') vendor.hand.edit({ id, lines: [...lines], date, memo })
    else {
      vendor.hand.remove(id)
      removed.add(document)
    }
    touched.delete(id)
    if (touch.mend === 'back' && code !== 'DELIVERY_FAILED') return
  }
  // What stands in the way under its number is of books that were restored since.
  if (code === 'DELIVERY_FAILED')
    for (const entry of vendor.entries())
      if (orphans.has(entry.id) && isLive(entry) && documentOf(entry) === document) vendor.hand.remove(entry.id)
  scene.typed.push({ what: 'retry', book, by: PEOPLE[0], through: '', atMs: scene.nowMs(), about: document })
  yield again
}
